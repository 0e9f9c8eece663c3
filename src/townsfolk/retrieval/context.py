"""What a prompt of anybody's own needs of an NPC: who it is, and what it knows of the matter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from townsfolk.retrieval.hits import Hits
from townsfolk.retrieval.index import LoreIndex
from townsfolk.town.beats import PLAYER
from townsfolk.town.errors import TownsfolkError, did_you_mean, listing
from townsfolk.town.persona import Persona
from townsfolk.town.town import Town


@dataclass(frozen=True, slots=True)
class NpcContext:
    """An NPC's own profile, and the lore it may use in its answer."""

    npc: str
    language: str
    persona: Persona
    """All of it; its secrets are the NPC's own, and not to be told."""
    hits: Hits

    @property
    def profile(self) -> dict[str, str]:
        """What is public of it, in the language: name, trade, city, personality, background."""
        persona, language = self.persona, self.language
        texts = {
            "name": persona.name,
            "trade": persona.trade,
            "city": persona.city,
            "personality": persona.personality,
            "background": persona.background,
        }
        return {field: text.get(language) for field, text in texts.items()}

    @property
    def lore(self) -> list[str]:
        """The texts of the lore, best first."""
        return [hit.text for hit in self.hits]


def get_npc_context(
    town: Town,
    index: LoreIndex,
    npc_id: str,
    player_line: str,
    *,
    language: str | None = None,
    hearers: Iterable[str] = (PLAYER,),
    context: Sequence[str] = (),
    k: int = 4,
) -> NpcContext:
    """Profile and lore for an answer to a player's line.

    The lore is what the NPC may say before the hearers, the player by default; what it is itself
    is left out, for its profile says it.

    Raises:
        TownsfolkError: the town has no such agent.
    """
    agent = town.agents.get(npc_id)
    if agent is None:
        hint = did_you_mean(npc_id, [*town.agents])
        raise TownsfolkError(
            f"there is no agent {npc_id!r}; there are: {listing([*town.agents])}"
            + (f"; {hint}" if hint else "")
        )
    spoken = language or town.config.default_language or town.config.languages[0]
    found = index.search(
        player_line, npc_id, k + 1, language=spoken, hearers=hearers, context=context
    )
    others = [hit for hit in found if hit.entry.id != npc_id][:k]
    return NpcContext(npc_id, spoken, agent.persona, Hits(others, found.stages))
