"""Who speaks next where no script says it. The code decides, never a model.

After the rules of turn allocation in conversation (Sacks, Schegloff, Jefferson 1974): whoever was
addressed has the floor; else somebody takes it of their own accord; else it stays with the player.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from townsfolk.crews.relevance import agent_matter, beat_matter, relevance
from townsfolk.language.names import mentions, place_of
from townsfolk.town.beats import PLAYER, Beat
from townsfolk.town.game_actions import ActionDefinition
from townsfolk.town.town import Town
from townsfolk.town.transcript import Turn

_ENOUGH = 0.2
"""The share of a line's words that must be somebody's matter before they join in unasked."""
_JUST_SPOKE = 0.15
"""How much less likely somebody is to speak for each of their lines among the last few."""
_LAST_FEW = 4


@dataclass(frozen=True, slots=True)
class Floor:
    """A moment at which somebody may speak."""

    town: Town
    language: str
    present: tuple[str, ...]
    """The NPCs who are there."""
    turns: Sequence[Turn]
    """What was said, the last line last."""
    fresh: tuple[str, ...]
    """The beats of this round that may be played now."""
    earlier: tuple[str, ...] = ()
    """Beats of earlier rounds that were not played and may be now."""

    @property
    def last(self) -> Turn | None:
        """The line that is to be answered."""
        return self.turns[-1] if self.turns else None

    def beats_of(self, agent_id: str) -> list[str]:
        """The beats that an NPC may play now, those of this round first."""
        return [b for b in [*self.fresh, *self.earlier] if self.town.beats[b].agent == agent_id]


@dataclass(frozen=True, slots=True)
class NextTurn:
    """Who speaks, and what."""

    speaker: str
    beat: str | None
    """None for a free reply."""
    to: str | None
    """Whom a free reply is for."""
    interrupts: bool = False


def addressed_turn(floor: Floor) -> NextTurn | None:
    """The turn of whoever was named or asked; None when that was the player, or nobody."""
    breaks_in = _interruption(floor)
    if breaks_in is not None:
        return breaks_in
    last = floor.last
    if last is None:
        return _opening(floor)
    speaker = _addressee(floor, last)
    return _turn_of(floor, speaker) if speaker is not None else None


def free_turn(floor: Floor) -> NextTurn | None:
    """The turn of whoever has most to say to what was said; None when nobody has enough."""
    breaks_in = _interruption(floor)
    if breaks_in is not None:
        return breaks_in
    last = floor.last
    if last is None:
        return _opening(floor)
    candidates = [name for name in floor.present if name != last.speaker]
    if not candidates:
        return None
    named = _addressed_by(floor, last)
    scores = _relevance(floor, candidates, last)
    recent = [turn.speaker for turn in floor.turns[-_LAST_FEW:]]
    for name in candidates:
        scores[name] += (name == named) - _JUST_SPOKE * recent.count(name)
    # The order of the cast breaks a tie.
    speaker = max(candidates, key=lambda name: scores[name])
    asked = last.speaker == PLAYER
    if not asked and scores[speaker] < _ENOUGH and not _has_fresh_answer(floor, speaker, last):
        return None
    return _turn_of(floor, speaker)


def closing_turn(floor: Floor) -> NextTurn | None:
    """What has to be said before the round is over, though nobody has asked for it."""
    for beat_id in [*floor.earlier, *floor.fresh]:
        beat = floor.town.beats[beat_id]
        if beat.say is not None or beat.must_convey:
            return NextTurn(beat.agent, beat_id, beat.to)
    return None


def _interruption(floor: Floor) -> NextTurn | None:
    """Somebody whose beat breaks in upon a word of the last line."""
    last = floor.last
    if last is None:
        return None
    for beat_id in [*floor.fresh, *floor.earlier]:
        beat = floor.town.beats[beat_id]
        words = beat.interrupts.get(floor.language)
        if beat.agent != last.speaker and any(mentions(last.speech, word) for word in words):
            other = _addressed_by(floor, last)
            return NextTurn(beat.agent, beat_id, beat.to, other not in (None, beat.agent))
    return None


def _opening(floor: Floor) -> NextTurn | None:
    """The first beat, where nothing was said yet."""
    first = next(iter(floor.fresh), None)
    return _of_beat(floor, first) if first is not None else None


def _addressee(floor: Floor, last: Turn) -> str | None:
    """The NPC that a line is for, or that a line to nobody falls to."""
    named = _addressed_by(floor, last)
    if named is not None or last.speaker != PLAYER:
        return named
    candidates = list(floor.present)
    talking = [turn.speaker for turn in floor.turns[:-1] if turn.speaker in candidates]
    fitting = [name for name in candidates if _fits(floor, name, last)]
    if fitting:
        return talking[-1] if talking and talking[-1] in fitting else fitting[0]
    if talking:
        return talking[-1]
    fresh = [floor.town.beats[beat_id].agent for beat_id in floor.fresh]
    return next(iter([*fresh, *candidates]), None)


def _addressed_by(floor: Floor, last: Turn) -> str | None:
    """The NPC that a line is said to, or names; None for the player and for everybody."""
    others = [name for name in floor.present if name != last.speaker]
    if last.to is not None:
        return last.to if last.to in others else None
    places = [
        (place, name)
        for name in others
        for known in _names(floor.town, name, floor.language)
        if (place := _place_of_call(last.speech, known)) is not None
    ]
    # Of two who are called alike the cast's first.
    return min(places, key=lambda found: found[0])[1] if places else None


def _names(town: Town, agent_id: str, language: str) -> list[str]:
    persona = town.agents[agent_id].persona
    trade = persona.trade.get(language)
    # "Smith!" calls the village smith.
    return [*persona.names(language), trade, trade.split()[-1]]


def _place_of_call(text: str, name: str) -> int | None:
    """Where somebody is called; in Korean a name opens a word, whatever particle follows."""
    if re.search("[가-힣]", name):
        match = re.search(rf"(?<![가-힣]){re.escape(name)}", text)
        return match.start() if match else None
    return place_of(text, name)


def _turn_of(floor: Floor, speaker: str) -> NextTurn:
    """The NPC's beat that fits what was said best, or else its next one, or a free reply."""
    last = floor.last
    fits = _beat_fits(floor, floor.beats_of(speaker), last)
    best = max(fits, key=lambda beat_id: fits[beat_id], default=None)
    if best is not None and fits[best] > 0:
        return _of_beat(floor, best)
    for beat_id in floor.fresh:
        beat = floor.town.beats[beat_id]
        if beat.agent == speaker and not beat.interrupts.variants and not _acts(floor.town, beat):
            return _of_beat(floor, beat_id)
    return NextTurn(speaker, None, last.speaker if last else None)


def _acts(town: Town, beat: Beat) -> list[ActionDefinition]:
    """The actions of a beat that change the world and are done for the asking.

    Nothing is sold or agreed to only because it was somebody's turn.
    """
    actions = [town.actions[name] for name in beat.actions]
    return [action for action in actions if action.effects and action.intent.variants]


def _of_beat(floor: Floor, beat_id: str) -> NextTurn:
    beat = floor.town.beats[beat_id]
    return NextTurn(beat.agent, beat_id, beat.to)


def _beat_fits(floor: Floor, beats: Iterable[str], last: Turn | None) -> dict[str, float]:
    heard = last.speech if last else ""
    matters = {
        beat_id: beat_matter(floor.town, beat_id, floor.language)
        for beat_id in beats
        if _asked_for(floor, floor.town.beats[beat_id], heard)
    }
    return relevance(heard, matters, floor.language)


def _asked_for(floor: Floor, beat: Beat, heard: str) -> bool:
    """Whether a line asks for what a beat does, where it changes the world."""
    actions = _acts(floor.town, beat)
    words = [word for action in actions for word in action.intent.get(floor.language)]
    return not actions or any(mentions(heard, word) for word in words)


def _fits(floor: Floor, agent_id: str, last: Turn) -> bool:
    return any(share > 0 for share in _beat_fits(floor, floor.beats_of(agent_id), last).values())


def _has_fresh_answer(floor: Floor, agent_id: str, last: Turn) -> bool:
    """Whether a beat of this round is the NPC's answer to whoever spoke last."""
    beats = [floor.town.beats[beat_id] for beat_id in floor.fresh]
    return any(beat.agent == agent_id and beat.to == last.speaker for beat in beats)


def _relevance(floor: Floor, candidates: Iterable[str], last: Turn) -> dict[str, float]:
    matters = {}
    for name in candidates:
        beats = [beat_matter(floor.town, b, floor.language) for b in floor.beats_of(name)]
        matters[name] = agent_matter(floor.town, name, floor.language).union(*beats)
    return relevance(last.speech, matters, floor.language)
