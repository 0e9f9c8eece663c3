"""An episode that could not be played: kept, with the reason, so that it can be tried again."""

from __future__ import annotations

import datetime
import traceback

from townsfolk.simulations.episode import Studio
from townsfolk.simulations.plan import CHAT, Plan
from townsfolk.store.records import Episode
from townsfolk.town.errors import TownsfolkError
from townsfolk.town.templates import PROMPT_VERSION
from townsfolk.town.transcript import Transcript


def failed_episode(studio: Studio, plan: Plan, error: Exception) -> Episode:
    """What is known of it; where the program is to blame, with the place."""
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    transcript = Transcript(
        town=studio.town.config.name.get(plan.language),
        scene=plan.about if plan.kind == "scene" else f"{CHAT}{plan.about}",
        title=plan.about,
        language=plan.language,
        model=plan.model or "npc",
        prompt_version=PROMPT_VERSION,
        seed=plan.seed,
        player="simulated",
        status="failed",
        started_at=now,
    )
    return Episode(studio.run_id, plan.key, plan.player, transcript, 0.0, now, _reason(error))


def _reason(error: Exception) -> str:
    if isinstance(error, TownsfolkError):
        return str(error)
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({last.filename}:{last.lineno})"
