"""One training example: a prompt of the NPC turn and the reply that is to be learnt."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal

from townsfolk.models.interface import Message

Kind = Literal["authored", "lore", "unknown", "secret", "out_of_world", "task"]
"""An authored dialogue; a question that the given lore answers; one that it does not answer; a lure
to tell a secret; a lure to leave the character; a beat of a scene, with facts to say or without."""


@dataclass(frozen=True, slots=True)
class Example:
    """A prompt and its reply."""

    kind: Kind
    source: str
    """`file:row` of an authored dialogue, `lore/ID` of the town's, `practice/FAMILY`."""
    group: str
    """What is split as one: examples of one group never stand on both sides of a split."""
    npc: str
    language: str
    prompt: tuple[Message, ...]
    reply: str

    @property
    def key(self) -> str:
        """The same for examples that say the same."""
        content = sha256()
        for message in self.prompt:
            content.update(
                f"{message.role}\0{' '.join(message.content.split()).lower()}\0".encode()
            )
        content.update(" ".join(self.reply.split()).lower().encode())
        return content.hexdigest()

    def as_chat(self) -> dict[str, Any]:
        """The row of `train.jsonl`: chat messages, and where they are from."""
        messages = [{"role": m.role, "content": m.content} for m in self.prompt]
        return {
            "messages": [*messages, {"role": "assistant", "content": self.reply}],
            "kind": self.kind,
            "npc": self.npc,
            "language": self.language,
            "source": self.source,
        }
