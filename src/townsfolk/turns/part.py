"""What an NPC is to do in one turn."""

from __future__ import annotations

from dataclasses import dataclass

from townsfolk.town.agents import Agent
from townsfolk.town.beats import Beat
from townsfolk.town.scenes import Scene
from townsfolk.town.texts import ANY_LANGUAGE, Text
from townsfolk.town.town import Town


@dataclass(frozen=True, slots=True)
class Part:
    """A beat of the town's, or a free reply, and whose it is."""

    agent: Agent
    beat: Beat
    beat_id: str | None = None
    """None for a free reply."""
    interrupts: bool = False
    """Somebody else had been addressed."""

    @property
    def allowed_actions(self) -> list[str]:
        """The game actions that this NPC may do in this turn."""
        return [name for name in self.beat.actions if name in self.agent.entry.actions]


def beat_part(town: Town, beat_id: str, interrupts: bool = False) -> Part:
    """The part that is written down as a beat."""
    beat = town.beats[beat_id]
    return Part(town.agents[beat.agent], beat, beat_id, interrupts)


def reply_part(town: Town, scene: Scene, language: str, agent_id: str, to: str | None) -> Part:
    """The part of an NPC that answers in its own words; it may do all that it can do at all."""
    agent = town.agents[agent_id]
    name = town.character_name(to, scene, language) if to else ""
    task = town.templates.render("reply", language, name=name)
    beat = Beat(
        agent=agent_id,
        description=Text(root={ANY_LANGUAGE: task}),
        expected_output=Text(root={ANY_LANGUAGE: task}),
        to=to,
        actions=agent.entry.actions,
    )
    return Part(agent, beat)
