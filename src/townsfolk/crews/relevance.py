"""How much a character has to say to a line, by the words they share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache

from townsfolk.language.content import content_tokens
from townsfolk.town.town import Town


def relevance(line: str, matters: Mapping[str, frozenset[str]], language: str) -> dict[str, float]:
    """For each key the share of a line's words that belong to its matter, 0 to 1.

    A word that is several keys' matter counts for each of them by that much less.
    """
    words = set(content_tokens(line, language))
    if not words:
        return dict.fromkeys(matters, 0.0)
    owners = Counter(word for matter in matters.values() for word in matter & words)
    return {
        key: sum(1 / owners[word] for word in matter & words) / len(words)
        for key, matter in matters.items()
    }


@lru_cache(maxsize=256)
def agent_matter(town: Town, agent_id: str, language: str) -> frozenset[str]:
    """What an NPC has to do with: its trade, its life, its wares and quests."""
    agent = town.agents[agent_id]
    persona = agent.persona
    texts = [
        persona.name.get(language),
        persona.trade.get(language),
        persona.personality.get(language),
        persona.background.get(language),
        agent.entry.goal.get(language),
        *persona.taboos.get(language),
    ]
    wares = [name for name, item in town.items.items() if agent_id in item.sold_by]
    quests = [name for name, quest in town.quests.items() if quest.giver == agent_id]
    for lore_id in [*wares, *quests]:
        texts += town.lore[lore_id].names(language)
    return _tokens(texts, language)


@lru_cache(maxsize=1024)
def beat_matter(town: Town, beat_id: str, language: str) -> frozenset[str]:
    """What a beat is about."""
    beat = town.beats[beat_id]
    texts = [beat.description.get(language), *beat.interrupts.get(language)]
    for lore_id in beat.must_convey:
        texts += town.lore[lore_id].names(language)
    return _tokens(texts, language)


def _tokens(texts: Iterable[str], language: str) -> frozenset[str]:
    return frozenset(token for text in texts for token in content_tokens(text, language))
