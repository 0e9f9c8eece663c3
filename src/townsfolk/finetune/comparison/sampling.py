"""What a model answers to the questions: raw text, as it comes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from townsfolk.finetune.comparison.given import GivenLore
from townsfolk.finetune.comparison.prompts import Asked
from townsfolk.models.errors import ModelError
from townsfolk.models.interface import Completer, Completion, Request
from townsfolk.retrieval.index import LoreIndex
from townsfolk.town.town import Town
from townsfolk.turns.answer import parse_answer
from townsfolk.turns.driving import run_turn
from townsfolk.turns.npc_turn import npc_turn
from townsfolk.turns.prompt import TurnPrompt
from townsfolk.turns.speaking import MAX_TOKENS, REPEAT_PENALTY, schema_of


@dataclass(frozen=True, slots=True)
class Reply:
    """A model's answers to one question."""

    texts: tuple[str, ...]
    """One for each sample, nothing taken off or mended; empty where the model failed."""
    said: tuple[str, ...]
    """The speech in each text: of a strong model's JSON that field, of a weak one all."""
    spoken: str
    """What the NPC turn makes of the first two, with the lore that the model was given: guarded,
    mended, or a fallback line."""
    from_model: bool
    """Whether what is spoken is the model's."""
    faults: tuple[str, ...] = ()


def answers(
    model: Completer,
    town: Town,
    index: LoreIndex,
    asked: Sequence[Asked],
    samples: int,
    temperature: float,
    seed: int,
    advance: Callable[[], None] = lambda: None,
) -> list[Reply]:
    """The answers to each question; `advance` is called after each."""
    replies: list[Reply] = []
    for one in asked:
        texts: list[str] = []
        faults: list[str] = []
        for sample in range(samples):
            try:
                request = _request(one, town, model, temperature, seed, sample)
                texts.append(model.complete(request).text)
            except ModelError as error:
                texts.append("")
                faults.append(f"{error.fault}: {error}")
        given = GivenLore(index, one.given, one.question.language)
        turn = run_turn(
            npc_turn(town, given, model.profile, one.part, one.situation),
            _Replayed(model, texts),
        ).turn
        faults += [fault.rule for fault in turn.faults]
        strong = model.profile.strength == "strong"
        said = tuple(parse_answer(text).speech if strong else text for text in texts)
        spoken_by_model = turn.origin == "model"
        replies.append(Reply(tuple(texts), said, turn.speech, spoken_by_model, tuple(faults)))
        advance()
    return replies


def _request(
    asked: Asked, town: Town, model: Completer, temperature: float, seed: int, sample: int
) -> Request:
    strength = model.profile.strength
    prompt = TurnPrompt(town, asked.part, asked.situation, model.profile)
    return Request(
        messages=asked.messages,
        max_tokens=MAX_TOKENS[strength],
        temperature=temperature,
        stop=("\n",) if strength == "weak" else (),
        seed=seed * 1009 + sample,
        schema=schema_of(prompt),
        repeat_penalty=REPEAT_PENALTY[strength],
        timeout=120.0,
    )


class _Replayed:
    """Gives a turn what the model has answered before, so that it is not asked again."""

    def __init__(self, model: Completer, texts: Sequence[str]) -> None:
        self.name, self.profile = model.name, model.profile
        self._texts = [*texts, texts[-1]]

    def complete(self, request: Request) -> Completion:
        """The next of the texts; the last one again when there are no more."""
        text = self._texts.pop(0) if len(self._texts) > 1 else self._texts[0]
        return Completion(text, model=self.name)
