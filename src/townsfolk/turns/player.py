"""Players: who speaks when it is the player's turn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from townsfolk.town.texts import Text
from townsfolk.turns.player_text import clean_player_text
from townsfolk.turns.situation import Situation


class PlayerLeft(Exception):
    """The player goes away and the scene goes on without a word of theirs."""


class Player(Protocol):
    """Gives the player's line; an empty one is silence."""

    kind: str

    def line(self, situation: Situation, scripted: Text | None) -> str:
        """What the player says now; `scripted` is what the scene's author wrote, if anything.

        Raises:
            PlayerLeft: the player is gone.
        """
        ...


class ScriptedPlayer:
    """Says what the scene's author wrote."""

    kind = "scripted"

    def line(self, situation: Situation, scripted: Text | None) -> str:
        """The authored line; silence where none is written."""
        return scripted.get(situation.language) if scripted is not None else ""


class HumanPlayer:
    """Somebody who types. Their text is data and is cleaned before anybody sees it."""

    kind = "human"

    def __init__(self, ask: Callable[[str], str]) -> None:
        """`ask`: shows the author's line as a hint and returns what was typed; EOFError ends it."""
        self._ask = ask

    def line(self, situation: Situation, scripted: Text | None) -> str:
        """What was typed, cleaned."""
        hint = scripted.get(situation.language) if scripted is not None else ""
        try:
            return clean_player_text(self._ask(hint))
        except EOFError:
            raise PlayerLeft from None
