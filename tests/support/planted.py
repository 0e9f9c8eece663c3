"""Lines with a planted fault, and authored lines, as the guard sees them in a turn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from tests.support.replay_model import STRONG
from townsfolk.retrieval.index import LoreIndex
from townsfolk.town.beats import PLAYER
from townsfolk.town.dialogues import of_npc
from townsfolk.town.scenes import Scene
from townsfolk.town.town import Town
from townsfolk.town.transcript import Fault, Turn
from townsfolk.turns.guard import check_line
from townsfolk.turns.guard.context import guard_context
from townsfolk.turns.known import recall
from townsfolk.turns.part import Part, beat_part, reply_part
from townsfolk.turns.prompt import TurnPrompt
from townsfolk.turns.repair import repair
from townsfolk.turns.situation import Situation

FOLDER = Path(__file__).parent.parent / "turns" / "planted"


@dataclass(frozen=True)
class Judged:
    """What became of a raw line."""

    spoken: str
    faults: list[Fault]

    def lets_through(self, plant: str) -> bool:
        """Whether a planted fault would be spoken."""
        return not self.faults and plant in self.spoken


def planted(name: str) -> list[dict[str, Any]]:
    """The lines of a file, each with its kind of fault and the words that are the fault."""
    rows: list[dict[str, Any]] = yaml.safe_load((FOLDER / f"{name}.yaml").read_text("utf-8"))
    return rows


def judge(town: Town, index: LoreIndex, row: dict[str, Any]) -> Judged:
    """A raw line after repair and guard, with the lore that a turn would have found."""
    language, agent = row["language"], row["agent"]
    heard = [(PLAYER, row["heard"])] if "heard" in row else []
    if "said_before" in row:
        heard.insert(0, (agent, row["said_before"]))
    scene = _scene(town, agent, row.get("beat"))
    part = (
        beat_part(town, row["beat"])
        if "beat" in row
        else reply_part(town, scene, language, agent, PLAYER)
    )
    return _judged(town, index, part, _situation(town, scene, agent, language, heard), row["line"])


def authored(town: Town, index: LoreIndex) -> Iterator[tuple[str, Judged]]:
    """Every line that the town's author wrote for its agents, and what the guard says of it.

    The town's dialogues are not given as examples here: a line would only repeat itself.
    """
    dialogues = town.dialogues
    town = replace(town, dialogues=())
    for beat_id, beat in town.beats.items():
        text = beat.say or beat.authored
        for language in town.config.languages if text else ():
            scene = _scene(town, beat.agent, beat_id)
            situation = _situation(town, scene, beat.agent, language, [])
            part = beat_part(town, beat_id)
            assert text is not None
            line = text.get(language)
            yield f"{beat_id}.{language}: {line}", _judged(town, index, part, situation, line)
    for agent_id, agent in town.agents.items():
        for language in town.config.languages:
            scene = _scene(town, agent_id, None)
            part = reply_part(town, scene, language, agent_id, PLAYER)
            for dialogue in of_npc(dialogues, agent.name(language)):
                heard = [(PLAYER, dialogue.input)]
                situation = _situation(town, scene, agent_id, language, heard)
                line = dialogue.output
                yield f"{agent_id}.{language}: {line}", _judged(town, index, part, situation, line)
            situation = _situation(town, scene, agent_id, language, [])
            for texts in (agent.persona.fallback_lines, agent.persona.refusals):
                for line in texts.get(language):
                    yield (
                        f"{agent_id}.{language}: {line}",
                        _judged(town, index, part, situation, line),
                    )


def _scene(town: Town, agent: str, beat: str | None) -> Scene:
    scenes = town.scenes.values()
    if beat is not None:
        return next(scene for scene in scenes if beat in scene.beat_ids())
    return next((scene for scene in scenes if agent in scene.cast), next(iter(scenes)))


def _situation(
    town: Town, scene: Scene, agent: str, language: str, heard: list[tuple[str, str]]
) -> Situation:
    present = tuple(dict.fromkeys([PLAYER, agent, *scene.cast]))
    turns = [
        Turn(number=n, speaker=who, name=town.character_name(who, scene, language), speech=speech,
             origin="player" if who == PLAYER else "model", present=list(present))
        for n, (who, speech) in enumerate(heard, 1)
    ]  # fmt: skip
    return Situation(scene, language, scene.place.get(language), present, tuple(turns),
                     town.start_world(scene), 1)  # fmt: skip


def _judged(town: Town, index: LoreIndex, part: Part, situation: Situation, line: str) -> Judged:
    given = recall(town, index, part, situation, "strong").given
    prompt = TurnPrompt(town, part, situation, STRONG)
    messages = prompt.messages(given, 400)
    context = guard_context(town, part, situation, given, prompt.not_to_be_repeated(messages))
    spoken = repair(line, context.own_names, context.others, context.max_words)
    return Judged(spoken, check_line(spoken, context))
