"""Whether authored lines say what their beats have to convey."""

from __future__ import annotations

from collections.abc import Iterator

from townsfolk.town.errors import Problem
from townsfolk.town.town import Town
from townsfolk.turns.key_facts import missing_facts


def check_authored_lines(town: Town) -> Iterator[Problem]:
    """A problem for each authored line without a key fact of its beat's `must_convey`.

    Such a line would be spoken for want of the fact, and not state it either.
    """
    for beat_id, beat in town.beats.items():
        entries = [town.lore[lore_id] for lore_id in beat.must_convey]
        key, text = ("say", beat.say) if beat.say is not None else ("authored", beat.authored)
        if text is None:
            continue
        for language in town.config.languages:
            missing = missing_facts(text.get(language), entries, language)
            if missing:
                yield Problem(
                    "tasks.yaml", None, f"{beat_id}.{key}.{language}",
                    f"does not say {', '.join(missing)}",
                    remedy="put it into the line, or take its entry out of must_convey",
                )  # fmt: skip
