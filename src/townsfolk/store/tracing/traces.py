"""An episode as traces: one for each line of an NPC."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from townsfolk.store.records import Episode, Run
from townsfolk.store.tracing.clock import turn_times
from townsfolk.store.tracing.identity import trace_id
from townsfolk.store.tracing.observations import Observation, crew_observations, observations
from townsfolk.town.transcript import Turn

_LONGEST_TAG = 200
"""Characters; Langfuse drops longer ones."""


@dataclass(frozen=True, slots=True)
class Trace:
    """One line of an NPC with all that belongs to it."""

    id: str
    turn: int
    name: str
    session: str
    user: str
    tags: tuple[str, ...]
    release: str
    version: str
    metadata: Mapping[str, str]
    observations: tuple[Observation, ...]


def traces(run: Run, episode: Episode) -> Iterator[Trace]:
    """The traces of an episode; the player's lines are the input of those that answer them."""
    transcript, times = episode.transcript, turn_times(episode)
    for place, turn in enumerate(transcript.turns):
        if not is_traced(turn):
            continue
        scores = [score for score in episode.scores if score.turn == turn.number]
        said = said_before(transcript.turns[:place], turn.speaker)
        own = times[turn.number]
        parts = [
            *observations(turn, said, transcript.model, own, scores),
            *crew_observations(transcript.crew, turn, own),
        ]
        yield Trace(
            id=trace_id(episode.id, turn.number),
            turn=turn.number,
            name=turn.speaker,
            session=episode.id,
            user=episode.player,
            tags=_tags(run, episode, turn),
            release=run.release,
            version=transcript.prompt_version,
            metadata=_metadata(run, episode, turn),
            observations=(*parts,),
        )


def is_traced(turn: Turn) -> bool:
    """Whether a turn is a trace: it is, unless it is the player's."""
    return turn.origin != "player"


def said_before(turns: Sequence[Turn], speaker: str) -> str:
    """What the others said since the speaker's last line, a line each."""
    heard: list[Turn] = []
    for turn in reversed(turns):
        if turn.speaker == speaker:
            break
        heard.insert(0, turn)
    if len(heard) == 1:
        return heard[0].speech
    return "\n".join(f"{turn.name}: {turn.speech}" for turn in heard)


def _tags(run: Run, episode: Episode, turn: Turn) -> tuple[str, ...]:
    transcript = episode.transcript
    tags = {
        "scene": transcript.scene,
        "npc": turn.speaker,
        "language": transcript.language,
        "model": transcript.model,
        "run": run.name,
        "player": episode.player,
    }
    return tuple(f"{name}:{value}"[:_LONGEST_TAG] for name, value in tags.items() if value)


def _metadata(run: Run, episode: Episode, turn: Turn) -> dict[str, str]:
    transcript = episode.transcript
    return {
        "run": run.id,
        "kind": run.kind,
        "town": run.town,
        "episode": episode.id,
        "seed": str(transcript.seed),
        "turn": str(turn.number),
        "status": transcript.status,
    }
