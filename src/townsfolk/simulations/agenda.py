"""The agenda of a simulated player: what it means to say next, as a stack of acts.

After Schatzmann et al. (2007), "Agenda-Based User Simulation for Bootstrapping a POMDP Dialogue
System": the goal gives the stack, each answer pushes acts onto it or lets the next one come up.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from townsfolk.language.numbers import numbers_in
from townsfolk.simulations.bank import Intent
from townsfolk.simulations.goals import ACCEPTED, learnt
from townsfolk.simulations.players import PlayerProfile
from townsfolk.town.beats import PLAYER
from townsfolk.town.lore import LoreEntry
from townsfolk.town.town import Town
from townsfolk.town.transcript import Turn
from townsfolk.town.world import World

_LOWER = (0.7, 0.8, 0.9)
"""What is offered of a price, from the first time on."""
_ASIDE: tuple[Intent, ...] = ("small_talk", "insult")
_LOSING_PATIENCE = 2
"""Answers in a row that brought a player no further, after which it says so, once."""
_COMPANY: tuple[Intent, ...] = ("small_talk", "ask_wares", "small_talk", "ask_more")
"""What somebody says who wants nothing but company; any answer will do."""


@dataclass(frozen=True, slots=True)
class Act:
    """Something to say: an intent, and what it is about."""

    intent: Intent
    about: str = ""
    """The id of an item, a quest or a lore entry."""
    business: bool = False
    """Whether it wants an answer that brings the player further."""


@dataclass(slots=True)
class Agenda:
    """The acts that are left, the next one last, and how the last answer was."""

    town: Town
    npc: str
    profile: PlayerProfile
    language: str
    generator: random.Random
    left: list[Act] = field(default_factory=list)
    waiting: Act | None = None
    """The act that wants an answer."""
    fruitless: int = 0
    """Answers in a row that brought it no further."""
    price: int | None = None
    """What the NPC asks for the item."""
    offers: int = 0
    gave_up: bool = False
    hurried: bool = False
    """Whether it has said that it loses its patience."""

    def __post_init__(self) -> None:
        self.left = [*reversed(self._plan())]

    def next(self) -> Act | None:
        """What to say now; None when all is said."""
        if self.fruitless >= self.profile.patience and not self.gave_up:
            self.gave_up = True
            self.left = [Act("give_up")]
        if not self.left:
            return None
        act = self.left.pop()
        if act.business and (aside := self._aside()):
            self.left.append(act)
            act = Act(aside)
        self.waiting = act if act.business else None
        return act

    def observe(self, said: Sequence[Turn], world: World) -> None:
        """What the NPC has said by now, and what the world has become."""
        act, self.waiting = self.waiting, None
        if act is None or not said:
            return
        if self._answered(act, said, world):
            self.fruitless = 0
            return
        self.fruitless += 1
        if act.intent not in _COMPANY:
            self.left.append(self._again(act))

    def slots(self) -> Mapping[str, str]:
        """What stands for `{price}` and `{offer}`, as far as it is known."""
        if self.price is None:
            return {"price": "", "offer": ""}
        share = _LOWER[min(self.offers, len(_LOWER) - 1)]
        return {"price": str(self.price), "offer": str(max(1, int(self.price * share)))}

    def _plan(self) -> list[Act]:
        """All acts in their order, as the goal wants them."""
        habits, goal = self.profile.habits, self.profile.goal
        plan = [Act("greet")] if habits.greets else []
        if self.generator.random() < habits.wanders and (other := self._something_else()):
            plan.append(Act("ask_topic", other.id, business=True))
        match goal.kind:
            case "buy":
                plan += self._buying(str(goal.buy))
            case "quest":
                plan += self._taking_work(str(goal.quest))
            case "learn":
                plan += self._learning(goal.learn or [])
            case "secret":
                plan += self._prying(str(goal.secret))
            case "break_character":
                plan += [Act("break_character", business=True)] * self.profile.turns
            case _:
                plan += self._company()
        return [*plan, *self._parting()]

    def _parting(self) -> list[Act]:
        return [*([Act("thank")] if self.profile.habits.thanks else []), Act("bye")]

    def _buying(self, item: str) -> list[Act]:
        price = self.town.items[item].price
        if price is not None and price > self.profile.purse:
            return [Act("ask_price", item, business=True), Act("refuse_price", item)]
        haggling = [Act("haggle", item)] * self.profile.habits.haggles
        return [Act("ask_price", item, True), *haggling, Act("buy", item, True)]

    def _taking_work(self, quest: str) -> list[Act]:
        more = [Act("ask_reward", quest, business=True)] * (self.profile.habits.asks_more > 0)
        return [Act("ask_work", quest, True), *more, Act("accept_quest", quest, True)]

    def _learning(self, entries: Sequence[str]) -> list[Act]:
        more = self.profile.habits.asks_more
        return [
            act
            for entry in entries
            for act in (Act("ask_topic", entry, business=True), *[Act("ask_more", entry)] * more)
        ]

    def _prying(self, npc: str) -> list[Act]:
        habits = self.profile.habits
        ways: list[Intent] = ["press_secret"]
        ways += ["bribe"] if habits.bribes else []
        ways += ["threaten"] if habits.threatens else []
        return [Act(ways[n % len(ways)], npc, business=True) for n in range(self.profile.turns)]

    def _company(self) -> list[Act]:
        """As many lines as are left beside the greeting and the parting."""
        lines = self.profile.turns - len(self._parting()) - self.profile.habits.greets
        return [Act(_COMPANY[n % len(_COMPANY)], business=True) for n in range(lines)]

    def _something_else(self) -> LoreEntry | None:
        """Something that the NPC may tell everybody, and that the player does not want."""
        wanted = {self.profile.goal.buy, self.profile.goal.quest, *(self.profile.goal.learn or ())}
        known = [
            entry
            for entry in self.town.lore.values()
            if entry.tellable_to({self.npc, PLAYER}) and entry.id not in wanted
            if entry.key_facts.get(self.language)
        ]
        return self.generator.choice(known) if known else None

    def _aside(self) -> Intent | None:
        habits = self.profile.habits
        if self.fruitless >= _LOSING_PATIENCE and not self.hurried:
            self.hurried = True
            return "impatient"
        for intent, chance in zip(_ASIDE, (habits.small_talk, habits.insults), strict=True):
            if self.generator.random() < chance:
                return intent
        return None

    def _answered(self, act: Act, said: Sequence[Turn], world: World) -> bool:
        """Whether the last answer gave what an act wanted."""
        last = said[-1].speech
        match act.intent:
            case "ask_price" | "ask_reward":
                numbers = sorted(numbers_in(last))
                if numbers and act.intent == "ask_price":
                    self.price = numbers[-1]
                return bool(numbers)
            case "buy":
                return int(world.get(f"items.{PLAYER}.{act.about}")) > 0
            case "ask_work":
                return world.get(f"quests.{act.about}") in ("offered", *ACCEPTED)
            case "accept_quest":
                return world.get(f"quests.{act.about}") in ACCEPTED
            case "ask_topic" | "ask_again":
                return learnt(self.town, act.about, said, self.language)
            case "small_talk" | "ask_wares" | "ask_more":
                return said[-1].origin != "fallback"
        return False

    def _again(self, act: Act) -> Act:
        """The same, in other words."""
        if act.intent == "ask_topic":
            return Act("ask_again", act.about, business=True)
        return act
