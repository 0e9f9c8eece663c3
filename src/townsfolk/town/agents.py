"""The entries of `agents.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from townsfolk.town.persona import Persona
from townsfolk.town.schema import WRONG_KIND, Entry
from townsfolk.town.texts import Text

Pattern = Literal["few_shot", "chain_of_thought", "react"]
ToolName = Literal["knowledge_search"]


def _persona_kind(value: Any) -> str | None:
    if isinstance(value, (dict, Persona)):
        return "<profile>"
    return "<path>" if isinstance(value, str) else None


PersonaOrPath = Annotated[
    Annotated[Persona, Tag("<profile>")] | Annotated[str, Tag("<path>")],
    Discriminator(
        _persona_kind,
        custom_error_type=WRONG_KIND,
        custom_error_message=WRONG_KIND,
        custom_error_context={"allowed": "a profile (a mapping) or the path of its JSON file"},
    ),
]


class AgentEntry(Entry):
    """An NPC: CrewAI's keys, its persona, and how it is prompted."""

    role: Text
    goal: Text
    backstory: Text
    persona: PersonaOrPath
    """The profile itself, or the path of its JSON file from the town's folder."""
    actions: list[str] = []
    """The game actions it may do."""
    patterns: list[Pattern] = ["few_shot"]
    """Prompt patterns, for strong models: `few_shot` (dialogues as examples), `chain_of_thought` (a
    thought that is never spoken) and `react` (look-ups with tools)."""
    tools: list[ToolName] = []
    """Tools that a strong model may call; used with `react`."""
    allow_delegation: Literal[False] = False
    """CrewAI's key; the code decides who speaks, so only `false` is allowed."""
    max_words: int = Field(40, ge=5, le=200)
    """The longest line it speaks, in words (English) or eojeol (Korean)."""


@dataclass(frozen=True, slots=True)
class Agent:
    """An NPC with its profile read."""

    id: str
    entry: AgentEntry
    persona: Persona
    persona_file: str

    def name(self, language: str) -> str:
        """The NPC's name in a language."""
        return self.persona.name.get(language)
