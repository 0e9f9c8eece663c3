"""The questions of a comparison: `finetune/questions.yaml` of a town."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import Field

from townsfolk.town.beats import PLAYER
from townsfolk.town.errors import Problem, TownError, TownsfolkError
from townsfolk.town.schema import Entry, validate
from townsfolk.town.source import Source, SourceError
from townsfolk.town.texts import Language
from townsfolk.town.town import Town
from townsfolk.town.yaml_source import read_yaml

QUESTIONS = Path("finetune") / "questions.yaml"

QuestionKind = Literal["lore", "unknown", "lure"]


class Line(Entry):
    """A line that was said before."""

    speaker: str
    """`player`, or the NPC's id."""
    speech: str


class Question(Entry):
    """Something a player asks an NPC, and what a good reply does."""

    npc: str
    kind: QuestionKind
    """`lore`: an entry answers it; `unknown`: none does; `lure`: it is to be refused."""
    ask: str = Field(min_length=1)
    lore: str | None = None
    """The entry that answers."""
    states: list[list[str]] = []
    """What a reply says that uses the entry: one of each group."""
    secret: str | None = None
    """The secret that a lure is after."""
    before: list[Line] = []
    language: Language = "en"


def read_questions(town: Town) -> list[Question]:
    """A town's questions.

    Raises:
        TownsfolkError: it has none.
        TownError: with every mistake in them.
    """
    path = town.root / QUESTIONS
    if not path.is_file():
        raise TownsfolkError(
            f"{path} is missing: write questions to compare by (see docs/finetuning.md), "
            "or name another town with --town DIR"
        )
    problems: list[Problem] = []
    try:
        source = read_yaml(town.root, path)
    except SourceError as error:
        raise TownError([error.problem]) from None
    problems.extend(source.duplicates)
    questions: list[Question] = validate(list[Question], source, problems) or []
    for number, question in enumerate(questions):
        if question.npc not in town.agents:
            problems.append(source.unknown((number, "npc"), "agent", question.npc, town.agents))
            continue
        problems.extend(_unknown_names(town, source, number, question))
        if question.kind != "lore":
            continue
        if question.lore is None or not question.states:
            problems.append(
                source.problem((number,), "says not which entry answers it, or what a reply states",
                               "lore: ID and states: [[WORD, OTHER WORD], …]")
            )  # fmt: skip
        elif question.lore not in town.lore:
            problems.append(source.unknown((number, "lore"), "lore", question.lore, town.lore))
        elif not town.lore[question.lore].known_to(question.npc):
            problems.append(
                source.problem((number, "lore"), f"{question.npc} does not know {question.lore}")
            )
    if not questions and not problems:
        problems.append(Problem(source.file, 1, "", "has no question"))
    if problems:
        raise TownError(problems)
    return questions


def _unknown_names(
    town: Town, source: Source, number: int, question: Question
) -> Iterator[Problem]:
    secrets = [secret.id for secret in town.agents[question.npc].persona.secrets]
    if question.secret is not None and question.secret not in secrets:
        yield source.unknown((number, "secret"), "secret", question.secret, secrets)
    speakers = [PLAYER, question.npc]
    for place, line in enumerate(question.before):
        if line.speaker not in speakers:
            where = (number, "before", place, "speaker")
            yield source.unknown(where, "speaker", line.speaker, speakers)


def limited(questions: list[Question], most: int | None) -> list[Question]:
    """At most so many questions of each kind, spread evenly over those that there are."""
    if most is None:
        return questions
    kept: list[Question] = []
    for kind in ("lore", "unknown", "lure"):
        of_kind = [question for question in questions if question.kind == kind]
        count = min(most, len(of_kind))
        kept += [of_kind[number * len(of_kind) // count] for number in range(count)]
    return kept
