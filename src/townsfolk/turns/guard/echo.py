# ruff: noqa: E501 - lists of words read better unbroken
"""Rules on the prompt: it is neither recited nor talked about."""

from __future__ import annotations

import re
from functools import lru_cache

from townsfolk.language.content import content_tokens
from townsfolk.language.sentences import split_sentences, words
from townsfolk.turns.guard.context import GuardContext

ECHO_WORDS = 8
"""So many words in a row that stand in the prompt are no chance."""
_INSTRUCTED = {"en": 5, "ko": 3}
"""Words in a row of an instruction: nobody says to another what only the prompt says."""
_TOKENS = 4
"""Words of content from which a sentence may be told to be an instruction's."""
_LETTERS = 7
"""Letters of a stretch of words below which it is a common turn of phrase."""

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
_META_KO = re.compile(
    r"(?:설정|프롬프트|지침|지시(?:문|사항|대로|에 따라|하신|받은)|명령문|시스템 ?메시지|출력 ?형식|답변 ?형식|글자 ?수|"
    r"캐릭터|페르소나|배역|등장인물|역할극|상황극|연기(?:하|를|해|중|톤)|인공지능|응답|답변|말투로|말투를|"
    r"상대 ?높임|하십시오체|해요체|하오체|하게체|해라체|해체로|반말(?:을|로) (?:써|쓰|해)|존댓말(?:을|로) (?:써|쓰|해)|"
    r"예시|요청하신|요구하신|말씀하신 대로 (?:작성|답)|작성(?:했|해|하)|번역|문장(?:으로|만|을|입|이)|(?:한|두|세|한두|두세|짧은|\d) ?문장|"
    r"대사(?:를|는|로|만|입|다|예|\s?(?:한|두|하나|두세|한두))|(?:짧은|다음|필요한|필수|가능한) ?(?:대사|대답|문장)|"
    r"당신은 [가-힣 ,]+입니다|절대 이야기하지|다른 세계는|지금 할 일|입버릇|말버릇|목표는|임무는|반드시 (?:말할|포함|언급)|"
    r"(?:전달|언급|포함)해야|답해야 (?:한|하|합)|(?:라고|다고) (?:답하라|말하라|답한다|말한다|이른다|알린다|전한다|묻는다)|"
    r"(?:게|도록) (?:한다|하라)(?=[.\s]|$)|(?:무뚝뚝|퉁명|공손|다정|장난스럽|느긋|점잖)[가-힣]* (?:말투|어조|투로)|어조로|어투로|"
    r"키워드|핵심 ?사실|필수 ?정보|지문|해설|장면(?:은|에서는|상|설명)|"
    r"역할(?:을|로|은|이|에|극|대로|입)|이야기하지 않는 것|비밀을 (?:밝히|드러내|누설)지|게임|퀘스트|플레이어|유저|NPC)"
)


def prompt_echo(line: str, context: GuardContext) -> str | None:
    """The prompt is repeated: its instructions, its examples, or what somebody just said."""
    return (
        _headed(line, context)
        or _recited(line, context.prompt, ECHO_WORDS, context)
        or _recited(line, context.instructions, _INSTRUCTED[context.language], context)
        or _retold(line, context)
    )


def meta_talk(line: str, context: GuardContext) -> str | None:
    """Talk of playing, of the role, of instructions, of the form of the answer."""
    match = (_META if context.language == "en" else _META_KO).search(line)
    if match is None or match.group().lower() in context.grounds.lower():
        return None
    return f"talks about its part: {match.group()!r}"


def _headed(line: str, context: GuardContext) -> str | None:
    """A heading of the prompt: a line of it that ends with a colon."""
    for heading in _headings(context.prompt):
        if heading in line.lower():
            return f"repeats the prompt: {heading!r}"
    return None


@lru_cache(maxsize=256)
def _headings(prompt: str) -> tuple[str, ...]:
    lines = (part.strip().lower() for part in prompt.split("\n"))
    return tuple({part for part in lines if part.endswith(":") and len(part.split()) > 1})


def _retold(line: str, context: GuardContext) -> str | None:
    """A sentence that is made of the words of one instruction, in whatever form."""
    grounds = frozenset(content_tokens(context.grounds, context.language))
    for sentence in split_sentences(line):
        tokens = frozenset(content_tokens(sentence, context.language))
        if len(tokens) < _TOKENS or len(tokens & grounds) >= 0.6 * len(tokens):
            continue
        for told in context.instructions.split("\n"):
            shared = tokens & frozenset(content_tokens(told, context.language))
            if len(shared) >= 0.8 * len(tokens):
                return f"retells the prompt: {sentence!r}"
    return None


def _recited(line: str, text: str, size: int, context: GuardContext) -> str | None:
    spoken = words(line)
    told, facts = _grams(text, size), _grams(context.grounds, size)
    nearly = _grams(context.grounds, size - 1) if size > 3 else frozenset()
    for i in range(len(spoken) - size + 1):
        gram = tuple(spoken[i : i + size])
        if gram not in told or sum(map(len, gram)) < _LETTERS:
            continue
        if gram not in facts and not {gram[1:], gram[:-1]} & nearly:
            return f"repeats the prompt: {' '.join(gram)!r}"
    return None


@lru_cache(maxsize=256)
def _grams(text: str, size: int) -> frozenset[tuple[str, ...]]:
    found: set[tuple[str, ...]] = set()
    for part in text.split("\n"):
        told = words(part)
        found.update(tuple(told[i : i + size]) for i in range(len(told) - size + 1))
    return frozenset(found)
