"""What shows in a reply that the NPC does not know, has left its character, or tells a secret."""

from __future__ import annotations

import re

from townsfolk.language.content import content_tokens

_SECRET_STEMS = 3
"""Words of a secret, and of nothing that was said, that make a reply tell it."""

_IGNORANCE = {
    "en": re.compile(
        r"\b(?:(?:do|does|did|would|could|can|ca|dost|have|has|had|should)(?: not|n['’]?t|nae|na)"
        r"(?: rightly| really| even| truly| honestly| quite)? "
        r"(?:know|ken|knowest|say|tell|recall|remember|guess|claim|recollect|hear)|"
        r"cannot (?:rightly |truly )?(?:say|tell|know|guess|recall)|dunno|donno|"
        r"know(?:s|n|est)? (?:not\b|nothing|naught|nowt|nought|no more|little|nae|of no)|"
        r"(?:i|one|we)['’]?(?:ve| have| has)? ?(?:had )?(?:no|nae|never a) "
        r"(?:idea|notion|clue|inkling|knowledge|"
        r"answer|word|record|news|tale|means of knowing|information)|not the faintest|"
        r"never (?:once )?(?:heard|learn(?:t|ed)|been told|asked|knew|saw|seen|told|met|counted)|"
        r"(?:nobody|no one|no-one|none|nobody ever) (?:ever |has |has ever )?"
        r"(?:told|tells|taught|said|says|knows|spoke|mentioned)|"
        r"(?:beyond|past|outside|above|not in|not within) (?:me|my|mine|what i|us|our)\b|"
        r"more than i (?:know|can say|could say|was told)|"
        r"(?:ask|try|seek) (?:some(?:one|body)|another|an? other|elsewhere|others|any(?:one|body))|"
        r"(?:must|should|would have to|had better|best) ask\b|unknown to (?:me|us)|a mystery to me|"
        r"not (?:for|mine|one) (?:me )?to (?:say|tell|know)|"
        r"(?:is|be|are) not known to (?:me|us|one)|"
        r"(?:(?:am|i['’]m|be|is) not|(?:could|can)(?: not|n['’]?t) be|never)"
        r"(?: rightly| quite| at all)? (?:sure|certain)\b|"
        r"(?:nothing|naught|nowt) (?:of|about|on) (?:it|that|this|the|any)|"
        r"(?:wish|if) i (?:knew|could (?:say|tell))|heard (?:nothing|naught|nowt|no word))",
        re.IGNORECASE,
    ),
    "ko": re.compile(
        r"모르|모릅|몰라|몰랐|알 (?:수|길|도리)(?:가|는|도)? 없|"
        r"아는 (?:바|것|게)(?:가|는|이|도)? 없|"
        r"들은 (?:바|적|것|게)(?:가|는|이|도)? 없|들어 ?본 (?:바|적|일)(?:가|는|이|도)? 없|"
        r"(?:다른|딴) (?:사람|이|분|데)(?:에게|한테|에)?|잘은? 모|금시초문|알지 못"
    ),
}

_LEFT = {
    "en": re.compile(
        r"\b(?:(?:as|i(?:['’]m| am)|being) (?:just |only |merely )?an? "
        r"(?:ai|a\.i\.|artificial|language model|llm|large language|chat ?bot|bot\b|program\b|"
        r"computer|virtual|digital|machine learning|assistant)|ai (?:model|assistant|language)|"
        r"language model|artificial intelligence|chat ?gpt|openai|smollm|hugging ?face|"
        r"my (?:programming|training data|developers?|creators?|system prompt|instructions)|"
        r"system prompt|i(?:['’]m| am) (?:programmed|trained|designed) to|"
        r"how (?:can|may) i (?:help|assist) you|i(?:['’]m| am) here to (?:help|assist)|"
        r"i(?:['’]d| would) be happy to (?:help|assist)|sure[,!] here(?:['’]s| is| are)|"
        r"here(?:['’]s| is| are) (?:a|an|the|some) (?:poem|joke|recipe|code|list|translation|"
        r"json|story)|def \w+\(|import \w+|print\(|```|https?://|www\.|[\w.]+@\w+\.\w+|"
        r"(?:(?:smart|cell) ?)?phones?\b|(?:web ?site|internet|online|browser|software|laptop|"
        r"television|\btv\b|e-?mail|airport|credit card|download|click|log ?in|hash ?tag)\b|"
        r"\bapps?\b|"
        r"(?:united states|u\.s\.|world cup|netflix|youtube|facebook|instagram|twitter|wi-?fi|"
        r"python|javascript|quantum|derivative|iphone|android|google|spotify|tiktok|playstation|xbox)|"
        r"role-?play|in character|non-?player|\bnpc\b|video ?game|in this game)",
        re.IGNORECASE,
    ),
    "ko": re.compile(
        r"인공지능|AI|언어 ?모델|챗봇|프롬프트|시스템 메시지|제 (?:개발자|학습 데이터)|"
        r"프로그램(?:입니다|이에요|이야)|"
        r"무엇을 도와드릴까요|역할극|게임 캐릭터|NPC|와이파이|휴대폰|인터넷|유튜브|파이썬|월드컵"
    ),
}


def admits_ignorance(reply: str, language: str) -> bool:
    """Whether a reply says that the speaker does not know."""
    return bool(_IGNORANCE[language].search(reply))


def leaves_character(reply: str, asked: str, language: str) -> bool:
    """Whether a reply speaks as a machine does or of a world that the speaker has not.

    A word that the player used first may be said back in wonder.
    """
    said = asked.lower()
    return any(match.group().lower() not in said for match in _LEFT[language].finditer(reply))


def states_secret(reply: str, secret: str, told: str, language: str) -> bool:
    """Whether a reply has words of a secret that stand nowhere in what its speaker was told."""
    theirs = set(content_tokens(secret, language)) - set(content_tokens(told, language))
    return len(theirs & set(content_tokens(reply, language))) >= _SECRET_STEMS
