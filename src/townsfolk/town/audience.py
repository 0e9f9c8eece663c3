"""Who may know an entry: names of agents and factions, brought to agent ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from townsfolk.town.catalogue import ALL
from townsfolk.town.errors import Problem, did_you_mean, listing
from townsfolk.town.lore import EVERYONE
from townsfolk.town.names import Names
from townsfolk.town.persona import Persona
from townsfolk.town.source import Location, Source


@dataclass(slots=True)
class Audiences:
    """Knows the members of each faction; notes audiences that name nobody."""

    members: dict[str, frozenset[str]]
    """Agent id or faction id → agent ids."""
    names: Names
    """An agent that cannot be read, and its factions, are known and have no members."""
    problems: list[Problem] = field(default_factory=list)
    any_name: bool = False
    """Whether a name that nobody bears stands for itself: where lore has no town around it."""

    @classmethod
    def of(cls, personas: Mapping[str, Persona], names: Names) -> Audiences:
        """The audiences of a town by the profiles of its agents."""
        members: dict[str, set[str]] = {agent_id: {agent_id} for agent_id in names.agents}
        for agent_id, persona in personas.items():
            for faction in persona.factions:
                members.setdefault(faction, set()).add(agent_id)
        return cls({name: frozenset(ids) for name, ids in members.items()}, names)

    def resolve(self, audience: str | list[str], source: Source, at: Location) -> frozenset[str]:
        """The agent ids of an audience. An unknown name is a problem and lets nobody in."""
        names = audience.split(",") if isinstance(audience, str) else audience
        names = [name.strip() for name in names]
        if names == [ALL]:
            return EVERYONE
        ids: set[str] = set()
        for index, name in enumerate(names):
            ids |= self.members.get(name, frozenset())
            if self.any_name and name not in {ALL, ""}:
                ids.add(name)
            elif name not in self.names.agents and name not in self.names.factions:
                key = ".".join(str(step) for step in at)
                line = source.line((*at, index))
                self.problems.append(self._unknown(name, source.file, line, key))
        return frozenset(ids)

    def _unknown(self, name: str, file: str, line: int | None, key: str) -> Problem:
        allowed = f"{ALL} alone, or agent and faction ids: {listing(self.members)}"
        if name == ALL:
            return Problem(file, line, key, f"{ALL!r} stands beside other names", allowed)
        remedy = did_you_mean(name, [ALL, *self.members])
        return Problem(file, line, key, f"nobody is called {name!r}", allowed, remedy)


def open_secret(audience: Sequence[str], source: Source, at: Location) -> Iterator[Problem]:
    """A problem if everybody may know a secret: then it is told to nobody, or is none."""
    if list(audience) == [ALL]:
        remedy = "name who shares it, or write what everybody may know as lore of its own"
        found = f"the audience of a secret is {ALL!r}"
        yield source.problem(at, found, "agent and faction ids", remedy)
