"""Rules on the register: the persona's Korean speech level, and no talk of our own days."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files

from townsfolk.language.korean_levels import breaks_level
from townsfolk.turns.guard.context import GuardContext

_EMOJI = re.compile(
    "[\U0001f000-\U0001faff\U00002600-\U000027bf\U0001f1e6-\U0001f1ff\u2b50\u2b55\ufe0f\u2122\u2139]"
    r"|(?<!\w)[:;=8][-'^]?[)(DPp3/|\\](?!\w)|<3\b|\^_?\^|>_<|T_T|ㅠ_ㅠ|\bxD\b|(?<!\w):(?:[a-z_]+):"
)
_TYPED = re.compile(
    r"\b(?:4 (?:stopping|you|u|real)|b4|gr8|l8r|2nite|2day|u|thx|k thx)\b|!{3,}|\?{3,}|"
    r"[!?]*\?![!?]+|"
    r"\b(?:so|way|super|mega|kinda|sorta|pretty) (?:lit|cool|sick|dope|hyped|cringe|chill|"
    r"excited)\b|"
    r"\b(?:that|this|it)(?:'s| is) (?:so |totally )?(?:lit|cool|sick|fire|dope)\b|"
    r"(?<![a-z])[#@]\w+",
    re.IGNORECASE,
)
_MODERN_KO = re.compile(
    r"[ㄱ-ㅎㅏ-ㅣ]{2,}|[ㅋㅎㅠㅜ]|대박|헐(?=[,.!?~\s…]|$)|쩐다|쩔어|개꿀|개이득|개좋|꿀잼|노잼|"
    r"핵잼|핵(?:맛|꿀)|존맛|"
    r"존잘|갑분싸|인싸|아싸|킹받|현타|멘붕|꿀팁|레알|리얼|찐(?:이|으로|텐)|갓생|갓성비|가성비|"
    r"플렉스|스웨그|오지(?:네|다|는)|"
    r"지리(?:네|는|구|고|게)|쌉|빡치|짱(?=[이이인!.,~\s]|$)|짱이|완전 (?:좋|대박|짱|쩔|맛|예쁘|"
    r"귀)|강추|비추|득템|혜자|"
    r"뇌절|국룰|극혐|심쿵|눈누|워라밸|셀럽|인플루|팔로우|구독|좋아요와|댓글|인증샷|셀카|맛집|"
    r"핫플|핫한|힙한|힙하|트렌드|"
    r"오케이|굿(?=[,.!?\s]|$)|나이스|땡큐|쏘리|파이팅|화이팅|브로|고고|콜!|인정각|각이다|각이네|"
    r"ㅇㅇ|넵|넹|네넹|냠냠|"
    r"고객(?:님|님께|센터|분|만족)?|이용해 주셔서|문의|상담|서비스(?!로)|포인트|적립|쿠폰|할인|"
    r"세일|이벤트|배송|환불|"
    r"결제|카드 ?(?:결제|로|도)|영수증 필요|매장|매니저|담당자|불편을 (?:드려|끼쳐)|도와드릴까요|"
    r"도와드리겠습니다|"
    r"무엇을 도와|더 필요하신|추가로 (?:궁금|필요)|궁금하신 (?:점|사항)|친절히 (?:안내|상담)|"
    r"안내해 드리겠|안내 ?드리겠|"
    r"만족도|별점|리뷰|후기|최저가|무료 ?(?:배송|체험)|주말|힐링|스트레스|멘탈|마인드|텐션|"
    r"컨디션|에너지|긍정|자존감|"
    r"트라우마|웰빙|다이어트|비타민|칼로리|팩트|피드백|스케줄|미팅|프로젝트|업무|솔루션|시스템|"
    r"프로세스|체크(?!무늬)|"
    r"업데이트|업그레이드|리스트|이슈|컨펌|브랜드|디자인|스타일|가이드|매뉴얼|메뉴|테이블|"
    r"레스토랑|호텔|카페|"
    r"휴대폰|핸드폰|전화|문자 ?(?:줘|해|드|보)|사진|영상|자동차|버스|택시|지하철|비행기|경찰|병원|"
    r"퍼센트|프로(?:예요|입니다)|킬로|센티|미터|초콜릿|피자|햄버거|콜라|알바|월급|사장님|직원|~{2,}"
)


@lru_cache(maxsize=1)
def _modern() -> re.Pattern[str]:
    """The words and phrases of `modern_en.txt`."""
    text = (files("townsfolk.language") / "modern_en.txt").read_text("utf-8")
    lines = [line for line in text.split("\n") if line and not line.startswith("#")]
    patterns = (re.escape(line).replace(r"\*", r"\w*") for line in sorted(lines, key=len)[::-1])
    return re.compile(rf"(?<![\w'’-])(?:{'|'.join(patterns)})(?![\w])", re.IGNORECASE)


def wrong_register(line: str, context: GuardContext) -> str | None:
    """Another speech level than the persona's, or words of our own days."""
    for pattern in (_EMOJI, *((_modern(), _TYPED) if context.language == "en" else (_MODERN_KO,))):
        for match in pattern.finditer(line.replace("’", "'")):
            if not context.town_has(match.group()):
                return f"speaks of our days: {match.group()!r}"
    if context.language != "ko" or context.korean_level is None:
        return None
    broken = breaks_level(line, context.korean_level)
    return f"not {context.korean_level}: {broken[0]!r}" if broken else None
