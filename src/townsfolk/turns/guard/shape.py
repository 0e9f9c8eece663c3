"""Rules on the shape of a line: there, finished, short, free of markup."""

from __future__ import annotations

import re

from townsfolk.language.sentences import ends_sentence, words
from townsfolk.turns.guard.context import GuardContext

_MARKUP = re.compile(
    r"\s/\s|"
    r"<[|｜]?/?[A-Za-z_][\w ▁-]*[|｜]?>|\[\|?/?[a-z_]+\|?\]|<<|>>|```|~~~|(?:^|\s)#{1,6}\s|\*\*|__|"
    r"https?://|www\.|[{}]|\"\s*:|\[/?INST\]|</?s>|_{3,}|^\s*(?:[-*•]|\d+[.)])\s|^\s*---|\\n|"
    r"&#?\w+;|</?[a-z|가-힣][^<>]{0,80}>|(?:^|[.!?…]\s+)>\s|[.!?…]\s+[*•]\s|"
    r"\||[<>=]{2,}|\[end\]|\bEOS\b|\\u[0-9a-f]{4}|^\s*/\w+",
    re.IGNORECASE | re.MULTILINE,
)
_EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\u2b50\ufe0f]")
_LABELS = re.compile(
    r"(?:^|[.!?…\s\"“(\[*])(?:search|final answer|action(?: input)?|actions|observation|thought|"
    r"thoughts|"
    r"thinking|reasoning|assistant|system(?: prompt| message)?|user|human|bot|ai|model|prompt|"
    r"output|"
    r"input|response|reply|answer|line|speech|dialogue|stage|note|ooc|instruction|"
    r"instructions|question|"
    r"task|context|character|scene|tool(?: call)?|function(?: call)?|result|example|npc|"
    r"translation|"
    r"[Rr]ole|content)\s*(?:\(\w+\))?\s*[:：](?!\d)"
    r"|(?:^|[.!?…\s\"“(\[【*])(?:시스템|사용자|유저|어시스턴트|도우미|모델|봇|응답|답변|대답|"
    r"대사|출력|입력|질문|지시|지침|"
    r"생각|사고|행동|관찰|동작|지문|최종 ?답변|결과|역할|설명|해설|참고|예시|번역|한국어|영어|"
    r"프롬프트|명령|도구)\s*[:：](?!\d)",
    re.IGNORECASE,
)


def empty(line: str, context: GuardContext) -> str | None:
    """Nothing is said."""
    return None if words(line) else "nothing is said"


def over_long(line: str, context: GuardContext) -> str | None:
    """More words than this NPC speaks at once."""
    count = len(line.split())
    return f"{count} words, at most {context.max_words}" if count > context.max_words else None


def unfinished(line: str, context: GuardContext) -> str | None:
    """It breaks off, or leads up to something that does not come."""
    return f"ends with {line[-12:]!r}" if line and not ends_sentence(line) else None


def markup(line: str, context: GuardContext) -> str | None:
    """Markup, code, or labels of a prompt format."""
    match = _MARKUP.search(line) or _LABELS.search(line) or _EMOJI.search(line)
    return f"contains {match.group().strip()!r}" if match else None
