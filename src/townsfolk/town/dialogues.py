"""Authored dialogues: examples for prompts now, training data later."""

from __future__ import annotations

from collections.abc import Iterable

from townsfolk.town.schema import Entry


class Dialogue(Entry):
    """One exchange with an NPC, in the columns that NPC fine-tuning sets use."""

    NPC_Name: str
    City: str
    instruction: str
    """What the NPC is to do."""
    input: str
    """What is said to it."""
    output: str
    """What it says."""


def of_npc(dialogues: Iterable[Dialogue], name: str) -> list[Dialogue]:
    """The dialogues of an NPC by its name in one language."""
    return [dialogue for dialogue in dialogues if dialogue.NPC_Name == name]
