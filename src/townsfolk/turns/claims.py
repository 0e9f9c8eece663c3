"""What a line claims to do to the world: game actions seen in its words, and taken out of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from townsfolk.language.names import mentions, place_of
from townsfolk.language.sentences import split_sentences
from townsfolk.town.game_actions import ActionDefinition
from townsfolk.town.town import Town
from townsfolk.turns.known import tellable
from townsfolk.turns.part import Part
from townsfolk.turns.situation import Situation
from townsfolk.turns.slots import fill_slots

Proposal = tuple[str, dict[str, Any]]
"""The name of a game action, and its arguments."""

_DENIED = {
    "en": re.compile(
        r"(?:\b(?:not|never|cannot|no(?!,)|nor|without|unless|until|if|nobody|neither)\b|n['’]t\b)"
        r"[^.!?;:—]{0,40}$",
        re.IGNORECASE,
    ),
    "ko": re.compile(
        r"(?<![가-힣])(?:안|못|만약|혹시|아직)\s[^.!?]{0,12}$|(?:으면|다면|거든|려면),?\s[^.!?]{0,6}$"
    ),
}
"""What stands before a cue that is denied, or only imagined."""
_DENIED_AFTER_KO = re.compile(
    r"^[가-힣 ]{0,6}(?:지|진|지는|지도)\s?(?:않|못|마시|마라|말)"
    r"|^[가-힣 ]{0,6} (?:수|리|생각)[은는이가도]? ?없"
)
"""What stands behind one."""


def derive_actions(town: Town, part: Part, situation: Situation, speech: str) -> list[Proposal]:
    """What a line does, by the cues of the actions that its part allows.

    A free reply does what the line before it asked for, where the action says how that sounds.
    """
    found: list[Proposal] = []
    for name in part.beat.actions:
        action = town.actions[name]
        asked = part.beat_id is not None or _asked_for(town, action, part, situation)
        if asked and claims(speech, action, situation.language):
            found.append((name, fill_slots(town, action, part, situation, speech)))
    return found


def claims(speech: str, action: ActionDefinition, language: str) -> bool:
    """Whether a line says that the action is done."""
    return any(
        _claimed_in(sentence, cue, language)
        for sentence in split_sentences(speech)
        for cue in action.cues.get(language)
    )


def without_claims(speech: str, actions: Iterable[ActionDefinition], language: str) -> str:
    """A line without the sentences that claim what was not done, and with what is said instead."""
    undone = list(actions)
    kept = [
        sentence
        for sentence in split_sentences(speech)
        if not any(claims(sentence, action, language) for action in undone)
    ]
    instead = [action.when_rejected.get(language) for action in undone if action.when_rejected]
    return " ".join([*kept, *dict.fromkeys(instead)])


def _asked_for(town: Town, action: ActionDefinition, part: Part, situation: Situation) -> bool:
    words = action.intent.get(situation.language)
    heard = tellable(town, situation, part.agent.id)
    return not words or (bool(heard) and any(mentions(heard[-1].speech, word) for word in words))


def _claimed_in(sentence: str, cue: str, language: str) -> bool:
    start = place_of(sentence, cue)
    if start is None:
        return False
    if _DENIED[language].search(sentence[:start]):
        return False
    return language != "ko" or not _DENIED_AFTER_KO.search(sentence[start + len(cue) :])
