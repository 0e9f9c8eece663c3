"""What can be mended in a model's line without asking it again."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from townsfolk.language.sentence_ends import may_end
from townsfolk.language.sentences import ends_sentence, split_sentences
from townsfolk.turns.guard.speakers import script_label

_BOLD = re.compile(r"\*\*([^*\n]+)\*\*")
_STAGE = re.compile(
    r"\*[^*\n]{1,120}\*|\([^()\n]{1,120}\)|\[[^\[\]\n]{1,120}\]|（[^（）\n]{1,120}）"
)
_QUOTES = "\"“”«»'‘’"
_NAMED = r"\b(by|from|with|for)((?: [A-Z][\w'’-]+)+ and)? {name}(?!['’\w]| [A-Z])"
_LABEL = re.compile(r"^\s*([^:：\n]{1,40})\s*[:：]\s*")


def repair(
    text: str,
    own_names: Iterable[str],
    other_names: Iterable[str],
    max_words: int,
    cut: bool = False,
) -> str:
    """The part of a model's answer that is this NPC's spoken line.

    Takes off the speaker's own label, quotation marks around it, stage directions in it, what
    another is made to say after it, an unfinished last sentence, and sentences beyond the limit. A
    speaker that lore names ("sold by …") says "me". `cut`: the model was stopped in the middle, so
    that even an only sentence may be unfinished.
    """
    names = list(own_names)
    own = {name.lower() for name in names}
    line = _STAGE.sub(" ", _BOLD.sub(r"\1", _first_lines(text, other_names, own)))
    line = "\n".join(_unlabelled(part, own) for part in line.split("\n"))
    line = _unquote(re.sub(r"\s+", " ", line).strip())
    line = re.sub(r"\s+([.,!?])", r"\1", line)
    line = _as_me(line, names)
    line = _within(line, max_words, cut)
    # A whole sentence whose full stop was forgotten.
    return f"{line}." if re.search(r"\w$", line) and may_end(line) else line


def _own_label(line: str, own_names: Collection[str]) -> bool:
    label = _LABEL.match(line)
    if label is None:
        return False
    name = label.group(1).strip().lower()
    # A first name may have a rank behind it.
    return name in own_names or name.split(" ")[0] in own_names


def _first_lines(text: str, other_names: Iterable[str], own_names: Collection[str]) -> str:
    """The text up to the first line that another character is made to speak."""
    label = script_label(tuple(other_names))
    kept: list[str] = []
    for line in text.strip().split("\n"):
        if kept and label.match(line) and not _own_label(line, own_names):
            break
        kept.append(line)
    return "\n".join(kept)


def _unlabelled(line: str, own_names: set[str]) -> str:
    label = _LABEL.match(line)
    return line[label.end() :] if label and _own_label(line, own_names) else line


def _as_me(line: str, own_names: Iterable[str]) -> str:
    """An English line in which the speaker's full name after a preposition is "me"."""
    for name in own_names:
        if " " in name:
            named = _NAMED.format(name=re.escape(name))
            line = re.sub(named, r"\1\2 me", line)
    return line


def _unquote(line: str) -> str:
    if len(line) > 1 and line[0] in _QUOTES and line[-1] in _QUOTES:
        inner = line[1:-1].strip()
        return line if any(mark in inner for mark in '"“”') else inner
    if line and line[0] in '"“«' and not any(mark in line[1:] for mark in '"”»'):
        return line[1:].strip()
    return line


def _within(line: str, max_words: int, cut: bool) -> str:
    """Whole sentences up to the limit; the first one always."""
    sentences = split_sentences(line)
    if (cut or len(sentences) > 1) and sentences and not ends_sentence(sentences[-1]):
        sentences.pop()
    kept: list[str] = []
    count = 0
    for sentence in sentences:
        count += len(sentence.split())
        if kept and count > max_words:
            break
        kept.append(sentence)
    return " ".join(kept)
