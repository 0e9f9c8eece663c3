"""Who may know an entry: names of agents and factions, brought to agent ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from townsfolk.town.catalogue import ALL
from townsfolk.town.errors import Problem, did_you_mean, listing
from townsfolk.town.lore import EVERYONE
from townsfolk.town.persona import Persona


@dataclass(slots=True)
class Audiences:
    """Knows the members of each faction; notes audiences that name nobody."""

    members: dict[str, frozenset[str]]
    """Agent id or faction id → agent ids."""
    problems: list[Problem] = field(default_factory=list)

    @classmethod
    def of(cls, personas: Mapping[str, Persona]) -> Audiences:
        """The audiences of a town by the profiles of its agents."""
        members: dict[str, set[str]] = {}
        for agent_id, persona in personas.items():
            members.setdefault(agent_id, set()).add(agent_id)
            for faction in persona.factions:
                members.setdefault(faction, set()).add(agent_id)
        return cls({name: frozenset(ids) for name, ids in members.items()})

    def resolve(
        self, audience: str | list[str], file: str, line: int | None, key: str
    ) -> frozenset[str]:
        """The agent ids of an audience. An unknown name is a problem and lets nobody in."""
        names = [audience] if isinstance(audience, str) else audience
        if names == [ALL]:
            return EVERYONE
        ids: set[str] = set()
        for name in names:
            if name in self.members:
                ids |= self.members[name]
                continue
            self.problems.append(
                Problem(file, line, key, f"nobody is called {name!r}",
                        f"{ALL} alone, or agent and faction ids: {listing(self.members)}",
                        did_you_mean(name, [ALL, *self.members]))
            )  # fmt: skip
        return frozenset(ids)
