"""A player's last line as a query that says by itself what is looked for.

"And how much is it?" finds nothing; "price of the iron sword" does. Rewriting with a language
model after Ma et al. (2023, "Query Rewriting for Retrieval-Augmented Large Language Models", arXiv
2305.14283).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from townsfolk.language.content import english_stopwords
from townsfolk.language.detect import detect_language
from townsfolk.language.tokens import korean_to_tokens
from townsfolk.models.errors import ModelError
from townsfolk.models.interface import Completer, Message, Request
from townsfolk.retrieval.fencing import fenced, unthought
from townsfolk.town.templates import Templates

CONTEXT_LINES = 6
"""Lines before the last one that are read."""
_LINE_CHARACTERS = 300
_LONGEST = 200
"""Characters of a search query; what is longer is an essay."""
_ANSWER_TOKENS = 96
_STEM = 5
"""Letters of an English word that count when two forms of it are compared."""
_LABEL = re.compile(
    r"^(?:(?:standalone |rewritten )?(?:search )?query|(?:검색|질의) ?(?:어|문)?|질의)\s*[:：]\s*",
    re.IGNORECASE,
)
_QUOTES = " \t\"'`«»“”‘’*"


class Rewritten(NamedTuple):
    """The query to search with."""

    query: str
    fault: str = ""
    """Why it is the player's own words after all; empty where the model's were taken."""


def rewrite(
    model: Completer,
    templates: Templates,
    query: str,
    context_lines: Sequence[str],
    language: str,
    seconds: float = 15.0,
) -> Rewritten:
    """One standalone search query out of a player's last line and the lines before it.

    A failure of the model is no failure here: then the query is what it was.

    Args:
        model: the judge.
        templates: the town's prompt templates (`rewrite_query`).
        query: the last line.
        context_lines: what was said before it, the oldest first; those the asker heard, no others.
        language: of the prompt and of the query that is wanted.
        seconds: after which the call is given up.

    Raises:
        TownError: the town's own template is broken.
    """
    said = fenced(query, _LINE_CHARACTERS)
    if not said:
        return Rewritten(query, "there is nothing to rewrite")
    lines = [fenced(line, _LINE_CHARACTERS) for line in context_lines[-CONTEXT_LINES:]]
    prompt = templates.render("rewrite_query", language, query=said, lines=lines)
    request = Request(
        (Message("user", prompt),),
        max_tokens=_ANSWER_TOKENS,
        temperature=0.0,
        seed=0,
        timeout=seconds,
    )
    try:
        completion = model.complete(request)
    except ModelError as error:
        return Rewritten(query, f"{model.name}: {error}")
    written = _first_line(completion.text)
    if completion.finish == "length":
        return Rewritten(query, "the rewritten query has no end")
    fault = _fault(written, " ".join([said, *lines]), {language, detect_language(said)})
    return Rewritten(query, fault) if fault else Rewritten(written)


def _first_line(answer: str) -> str:
    """The query in an answer, without the label and marks that models put around it."""
    lines = [line for line in unthought(answer).splitlines() if line.strip(_QUOTES)]
    bare = lines[0].strip(_QUOTES) if lines else ""
    return fenced(_LABEL.sub("", bare).strip(_QUOTES), _LONGEST + 1)


def _fault(written: str, said: str, languages: set[str | None]) -> str:
    """What is wrong with a rewritten query."""
    if not written:
        return "the rewritten query is empty"
    if len(written) > _LONGEST:
        return "the rewritten query is too long"
    if detect_language(written) not in {None, *languages}:
        return "the rewritten query is in another language"
    # Refusals, greetings and echoes of the prompt have nothing of what was said.
    if not _words(written) & _words(said):
        return "the rewritten query has no word of what was said"
    return ""


def _words(text: str) -> set[str]:
    """Words that carry meaning, so that forms of one word are the same."""
    words = re.findall(r"[^\W_]+", korean_to_tokens(text.lower()))
    return {word[:_STEM] for word in words if word not in english_stopwords()}
