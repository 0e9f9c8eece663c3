"""The rule on talk of playing, of the role, of instructions, of the form of the answer."""

from __future__ import annotations

import re

from townsfolk.turns.guard.context import GuardContext

_META = re.compile(
    r"\b(?:(?:as|per) (?:instructed|requested|asked|the (?:instructions?|prompt|guidelines|brief))|"
    r"(?:my|the|your|this|a) (?:system )?(?:prompt|instructions|guidelines|character description|"
    r"persona|backstory|script|system message|role-?play|output format|word limit|response)|"
    r"(?:in|out of|break(?:ing)?|stay(?:ing)? in|remain in) character|"
    r"(?:i am|i'm|i’m|i was|i have|i've) (?:to|supposed to|meant to|told to|asked to|instructed to|"
    r"programmed to|designed to|going to) (?:play|portray|act as|role-?play|respond|answer as|"
    r"reply|write|"
    r"speak as|pretend|stay in|convey|mention|include|state the|deliver)|"
    r"(?:play|playing|portray|portraying|acting) (?:the (?:role|part|character)|an? \w+ "
    r"(?:\w+ )?(?:innkeeper|merchant|guard|sergeant|smith|blacksmith|clerk|herbalist|ferrywoman|"
    r"dockhand|bell|man|woman|character|npc))|"
    r"(?:here(?:'|’)?s|here is|here are|this is|below is) (?:a|an|one|my|the|your|some|another)"
    r"(?: \w+){0,3} (?:reply|response|line|answer|sentences?|dialogue|version|example|draft|take|"
    r"rewrite|attempt|option)s?\b(?: (?:that|for|from|in|as|to|of|which)\b|:)|"
    r"(?:one|two|three|\d|short|few|single|spoken|brief|grave|dry|plain|crisp)(?:,? \w+){0,4} "
    r"(?:spoken )?sentences?\b|(?:short|spoken|in-character|sample|required) "
    r"(?:replies|reply|response|line|price|fact)s?\b|"
    r"(?:sure|certainly|of course|okay|absolutely)[,!.]? (?:here|i can (?:do|write|help)|"
    r"i(?:'|’)?ll "
    r"(?:play|write|respond|answer as))|"
    r"(?:without|not|never) (?:revealing|mentioning|breaking|disclosing|stating|giving away) "
    r"(?:the|any|my|character)\b|"
    r"(?:korean|english) (?:sentence|speech level|answer)|in (?:english|korean)(?:, with|\b)|"
    r"according to (?:my|the) (?:instructions|role|prompt|notes on|description)|"
    r"(?:my|the|this) (?:role|task|assignment|part in this scene|objective|goal|"
    r"purpose here) (?:is|here|as|"
    r"requires|says)|(?:must|need to|have to|should|supposed to|required to) (?:convey|"
    r"mention|include|stay "
    r"in|remain in|keep it (?:short|brief)|keep (?:my|the) (?:answer|reply|line)|answer in|"
    r"respond)|"
    r"you (?:like to say|never talk about|live in \w+ and know)|know nothing of any other world|"
    r"(?:one or two|two or three|1-2|2-3) (?:\w+,? ){0,3}(?:sentences|lines)|never an instruction|"
    r"as (?:the|an?) (?:innkeeper|merchant|guard|sergeant|smith|blacksmith|clerk|herbalist|"
    r"ferrywoman|"
    r"dockhand|npc|character),? i (?:would|should|will|must|am)|speaks? (?:in|with) (?:a|an|"
    r"short|long|"
    r"clipped|dry|grave|riddles)|(?:dry|terse|gruff|cheerful|formal|polite|grave) (?:tone|"
    r"manner of speaking)|"
    r"in (?:a|my|the) (?:\w+ )?(?:tone|register|voice of)|"
    r"speech level|language model|the (?:scene|beat|task|user|assistant|character|npc) "
    r"(?:requires?|calls for|says|asks|is|wants|description|should|must)|"
    r"(?:catchphrases?|contractions?|sample lines?|tone of voice|word count|key facts?|json|npc|"
    r"stage directions?)\b|you (?:never|always|must|should) (?:speak|answer|reply|say|talk|"
    r"use|end|start|begin|open) "
    r"(?:as|in|with|a|every|each|the|your)\b)",
    re.IGNORECASE,
)
_META_MORE = re.compile(
    r"\b(?:(?:in|for|of|during) (?:this|the|our) (?:scene|beat|dialogue|role-?play|scenario|turn)|"
    r"the (?:player|user|prompter|assistant|game ?master)(?:['’]s)?\b|"
    r"(?:the |my )?(?:lore|knowledge(?: base)?|context) (?:entr(?:y|ies)|notes?|facts?|provided|"
    r"given|says?|does|do|base)\b|(?:the |any )?(?:provided|supplied|given|above|listed|available) "
    r"(?:information|info|context|text|lore|facts?|details|knowledge|material|notes|background)|"
    r"(?:information|context|facts?|details|notes) (?:provided|supplied|given|listed|above)|"
    r"not (?:mentioned|provided|specified|included|listed|given) in (?:the|my)|"
    r"(?:my|the) (?:reply|response|output|next line|dialogue|character|speech pattern)s?\b "
    r"(?:is|are|will|would|should|must|has|have|goes|would)|"
    r"i(?:['’]ll| will| shall| should| must| need to| am going to)(?: now)? (?:respond|stay in|"
    r"play|portray|keep (?:it|this|my answer|my reply) (?:short|brief|under)|mention the|"
    r"convey|name the price and|address the (?:player|travell?er))|"
    r"(?:under|within|at most|no more than|fewer than) (?:\w+ )?(?:\w+ )?words\b|"
    r"(?:my|the) (?:creators?|developers?|author|designer|writer|director)s? "
    r"(?:told|asked|wants?|wrote|says?|gave|made)|"
    r"(?:lore|knowledge|facts?|notes|context) (?:that )?i (?:was|am|have been|['’]ve been) "
    r"(?:given|told|provided)|"
    r"(?:things?|subjects?|matters?|what) (?:that )?i(?: am|['’]m| was) (?:told|supposed|meant|"
    r"asked|allowed|instructed) (?:never|not) to|(?:an|no|any) instructions? (?:to|for) me|"
    r"(?:my|the) (?:previous|last|earlier) (?:line|answer|reply|response|attempt)\b|"
    r"what i (?:am|was|['’]m) (?:told|asked|instructed|meant|supposed) to say)",
    re.IGNORECASE,
)
_META_MORE_KO = re.compile(
    r"이 장면|장면에서|(?:제공|제시|주어|입력)(?:된|받은|진) (?:정보|자료|내용|설정|맥락|글|사실|"
    r"대로|목록|배경)|"
    r"(?:정보|자료|내용|맥락)에(?:는|서는)? (?:없|나와|나오|포함|명시|언급|따르|의하)|"
    r"(?:배경|세계관|인물|성격|말씨) ?(?:설정|설명|소개)|세계관|시나리오|대본|각본|제작자|개발자|"
    r"(?:단어|글자|어절)(?:를|을|로|가|이)? ?(?:넘기|넘지|이내|이하|제한|안으로)|"
    r"(?:말씨|말투|목소리|어조)로 (?:말|답|대답|이야기|얘기|전)|대화 ?상대|"
    r"(?:인물|성격|배경|역)(?:답게|에 맞게|에 맞춰|에 충실)|(?:말|대답)하라고 (?:되어|적혀|시켰|"
    r"했|하더)|지시로 (?:받|여기|보)|"
    r"(?:말|언급|이야기|전달|전|포함)(?:해야|하지 말아야) (?:하는|할) "
    r"(?:항목|목록|사항|내용|것들?)|말라고 (?:되어|적혀|나와) 있"
)
_META_KO = re.compile(
    r"(?:설정|프롬프트|지침|지시(?:문|사항|대로|에 따라|하신|받은)|명령문|시스템 ?메시지|"
    r"출력 ?형식|답변 ?형식|글자 ?수|"
    r"캐릭터|페르소나|배역|등장인물|역할극|상황극|연기(?:하|를|해|중|톤)|인공지능|응답|답변|"
    r"말투로|말투를|"
    r"상대 ?높임|하십시오체|해요체|하오체|하게체|해라체|해체로|반말(?:을|로) (?:써|쓰|해)|"
    r"존댓말(?:을|로) (?:써|쓰|해)|"
    r"예시|요청하신|요구하신|말씀하신 대로 (?:작성|답)|작성(?:했|해|하)|번역|문장(?:으로|만|을|"
    r"입|이)|(?:한|두|세|한두|두세|짧은|\d) ?문장|"
    r"대사(?:를|는|로|만|입|다|예|\s?(?:한|두|하나|두세|한두))|(?:짧은|다음|필요한|필수|"
    r"가능한) ?(?:대사|대답|문장)|"
    r"당신은 [가-힣 ,]+입니다|절대 이야기하지|다른 세계는|지금 할 일|입버릇|말버릇|목표는|임무는|"
    r"반드시 (?:말할|포함|언급)|"
    r"(?:전달|언급|포함)해야|답해야 (?:한|하|합)|(?:라고|다고) (?:답하라|말하라|답한다|말한다|"
    r"이른다|알린다|전한다|묻는다)|"
    r"(?:게|도록) (?:한다|하라)(?=[.\s]|$)|(?:무뚝뚝|퉁명|공손|다정|장난스럽|느긋|"
    r"점잖)[가-힣]* (?:말투|어조|투로)|어조로|어투로|"
    r"키워드|핵심 ?사실|필수 ?정보|지문|해설|장면(?:은|에서는|상|설명)|"
    r"역할(?:을|로|은|이|에|극|대로|입)|이야기하지 않는 것|비밀을 (?:밝히|드러내|누설)지|게임|"
    r"퀘스트|플레이어|유저|NPC)"
)


def meta_talk(line: str, context: GuardContext) -> str | None:
    """Talk of playing, of the role, of instructions, of the form of the answer."""
    english = context.language == "en"
    grounds = context.grounds.lower()
    for pattern in (_META, _META_MORE) if english else (_META_KO, _META_MORE_KO):
        match = pattern.search(line)
        if match and match.group().lower() not in grounds:
            return f"talks about its part: {match.group()!r}"
    return None
