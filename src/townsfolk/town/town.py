"""A town, read and checked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from townsfolk.town.agents import Agent
from townsfolk.town.beats import PLAYER, Beat
from townsfolk.town.catalogue import Item, Quest
from townsfolk.town.config import TownConfig
from townsfolk.town.dialogues import Dialogue
from townsfolk.town.game_actions import ActionDefinition
from townsfolk.town.lore import LoreEntry
from townsfolk.town.scenes import Scene
from townsfolk.town.templates import Templates
from townsfolk.town.world import World


@dataclass(frozen=True, eq=False)
class Town:
    """Everything a designer wrote, as typed values. It does not change while it is played."""

    root: Path
    config: TownConfig
    agents: dict[str, Agent]
    beats: dict[str, Beat]
    scenes: dict[str, Scene]
    actions: dict[str, ActionDefinition]
    items: dict[str, Item]
    quests: dict[str, Quest]
    lore: dict[str, LoreEntry]
    dialogues: tuple[Dialogue, ...]

    @cached_property
    def templates(self) -> Templates:
        """Prompt templates, with the town's own first."""
        return Templates(self.root)

    @property
    def default_language(self) -> str:
        """The language spoken when nobody asks for another."""
        return self.config.default_language or self.config.languages[0]

    @property
    def default_scene(self) -> str:
        """The scene that is played when nobody names one."""
        return self.config.default_scene or next(iter(self.scenes))

    def character_name(self, character: str, scene: Scene, language: str) -> str:
        """The name of an NPC or of the scene's player."""
        if character == PLAYER:
            return scene.player.name.get(language)
        return self.agents[character].name(language)

    def start_world(self, scene: Scene | None = None, carried: World | None = None) -> World:
        """The world as a game, or a scene of it, begins.

        In a world that earlier scenes left, the player keeps purse and pack, and a scene sets only
        what its `world` says.
        """
        world = carried.model_copy(deep=True) if carried is not None else self._first_world()
        if scene is None:
            return world
        if carried is None:
            stated = scene.player.model_fields_set
            if "purse" in stated or PLAYER not in world.purses:
                world.purses[PLAYER] = scene.player.purse
            if "inventory" in stated or PLAYER not in world.items:
                world.items[PLAYER] = dict(scene.player.inventory)
        scene.world.apply(world)
        return world

    def _first_world(self) -> World:
        world = World(
            purses={name: agent.persona.purse for name, agent in self.agents.items()},
            items={name: dict(agent.persona.inventory) for name, agent in self.agents.items()},
            quests={name: quest.state for name, quest in self.quests.items()},
        )
        self.config.world.apply(world)
        return world
