"""Who may know an entry: names of agents and factions, brought to agent ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from townsfolk.town.catalogue import ALL
from townsfolk.town.errors import Problem, did_you_mean, listing
from townsfolk.town.lore import EVERYONE
from townsfolk.town.names import Named
from townsfolk.town.persona import Persona
from townsfolk.town.source import Location, Source


@dataclass(slots=True)
class Audiences:
    """Knows the members of each faction; notes audiences that name nobody."""

    members: dict[str, frozenset[str]]
    """Agent id or faction id → agent ids."""
    complete: bool = True
    """False while an agent cannot be read, and with it the factions it belongs to."""
    problems: list[Problem] = field(default_factory=list)

    @classmethod
    def of(cls, personas: Mapping[str, Persona], agents: Named) -> Audiences:
        """The audiences of a town by the profiles of its agents."""
        members: dict[str, set[str]] = {agent_id: {agent_id} for agent_id in agents}
        for agent_id, persona in personas.items():
            for faction in persona.factions:
                members.setdefault(faction, set()).add(agent_id)
        complete = agents.complete and agents.ids <= personas.keys()
        return cls({name: frozenset(ids) for name, ids in members.items()}, complete)

    def resolve(self, audience: str | list[str], source: Source, at: Location) -> frozenset[str]:
        """The agent ids of an audience. An unknown name is a problem and lets nobody in."""
        names = [audience] if isinstance(audience, str) else audience
        if names == [ALL]:
            return EVERYONE
        ids: set[str] = set()
        for index, name in enumerate(names):
            if name in self.members:
                ids |= self.members[name]
                continue
            hint = did_you_mean(name, [ALL, *self.members])
            found = f"nobody is called {name!r}"
            if name == ALL:
                found, hint = (
                    f"{ALL!r} stands beside other names",
                    f"keep {ALL} alone, or take it out",
                )
            if self.complete or hint:
                allowed = f"{ALL} alone, or agent and faction ids: {listing(self.members)}"
                line = source.line((*at, index))
                key = ".".join(str(step) for step in at)
                self.problems.append(Problem(source.file, line, key, found, allowed, hint))
        return frozenset(ids)
