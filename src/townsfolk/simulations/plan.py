"""All episodes of a run, and what shapes them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from townsfolk import __version__
from townsfolk.simulations.players import PlayerProfile
from townsfolk.simulations.run_file import RunFile
from townsfolk.store.records import digest
from townsfolk.town.templates import PROMPT_VERSION
from townsfolk.town.texts import Language
from townsfolk.town.town import Town

_TOWN_FILES = ("*.yaml", "crews/*.yaml", "knowledge/**/*", "prompts/*", "finetune/data/*")

CHAT = "chat:"
"""What the transcript of a conversation names its scene with, before the NPC."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One episode that is to be played."""

    kind: str
    """`chat` or `scene`."""
    where: int
    """Which of the run file's chats or scenes."""
    about: str
    """The NPC of the chat, or the scene."""
    player: str
    language: Language
    seed: int
    model: str
    """As in TOWNSFOLK_NPC_MODEL; empty for the NPCs' own."""

    @property
    def key(self) -> str:
        """The same for the same episode of a run."""
        return digest(
            self.kind, str(self.where), self.about, self.player, self.language, str(self.seed),
            self.model,
        )  # fmt: skip


def plans(town: Town, run: RunFile) -> Iterator[Plan]:
    """All episodes, seed by seed, so that an early stop has something of everything."""
    languages = run.languages or [town.config.languages[0]]
    for seed in run.seed_list:
        for model in run.models or [""]:
            for language in languages:
                for where, chat in enumerate(run.chats):
                    for player in chat.players:
                        yield Plan("chat", where, chat.npc, player, language, seed, model)
                for where, scene in enumerate(run.scenes):
                    for player in scene.players:
                        yield Plan("scene", where, scene.scene, player, language, seed, model)


def inputs(
    town: Town, run: RunFile, players: Mapping[str, PlayerProfile], models: Mapping[str, str]
) -> dict[str, Any]:
    """What shapes the episodes of a run, each by a short name: to tell what has changed.

    Processes, concurrency and limits of the whole run are left out: they shape no episode.
    `models`: what each is, so that another file under the same name is another model.
    """
    shaping = run.model_dump(mode="json", exclude={"processes", "concurrency", "seeds"})
    shaping["limits"].pop("cost")
    named = {player for chat in run.chats for player in chat.players}
    named |= {player for scene in run.scenes for player in scene.players}
    return {
        "release": __version__,
        "prompt_version": PROMPT_VERSION,
        **{f"run file: {key}": _hash(value) for key, value in shaping.items()},
        **{
            f"player: {name}": _hash(players[name].model_dump(mode="json"))
            for name in sorted(named)
        },
        **{f"model: {name or 'npc'}": told for name, told in sorted(models.items())},
        **{f"file: {name}": told for name, told in _town_files(town.root)},
    }


def changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """What differs between the inputs of a run when it began and now."""
    told: list[str] = []
    for name in sorted({*before, *now}):
        if before.get(name) == now.get(name):
            continue
        verb = "is new" if name not in before else "is gone" if name not in now else "has changed"
        told.append(f"{name} {verb}")
    return told


def _town_files(root: Path) -> Iterator[tuple[str, str]]:
    found = {path for pattern in _TOWN_FILES for path in root.glob(pattern) if path.is_file()}
    for path in sorted(found):
        yield str(path.relative_to(root)), sha256(path.read_bytes()).hexdigest()


def _hash(value: object) -> str:
    return sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
