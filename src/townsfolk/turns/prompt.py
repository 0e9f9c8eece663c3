"""The messages of an NPC turn.

System: the persona alone, so that a server's prompt cache hits. Then examples of its voice, what
was said before, and last the lore with the line to answer. Few-shot prompting after Brown et al.
(2020), a thought that is not spoken after Wei et al. (2022), look-ups after ReAct (Yao et al.,
2023).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from townsfolk.models.interface import Message
from townsfolk.models.profile import ModelProfile
from townsfolk.town.agents import Agent
from townsfolk.town.beats import PLAYER, Beat
from townsfolk.town.dialogues import of_npc
from townsfolk.town.lore import LoreEntry
from townsfolk.town.town import Town
from townsfolk.town.transcript import Fault, Turn
from townsfolk.turns.key_facts import required_facts
from townsfolk.turns.known import tellable
from townsfolk.turns.part import Part
from townsfolk.turns.situation import Situation

ACTION_REJECTED = "action_rejected"
"""The fault of a line that claims what the world did not allow; its reason is told to the model."""

SEARCH_TOOL = "knowledge_search"
"""The one tool that a model is offered."""

MAX_LOOKUPS = 3
"""How often an NPC may look something up in one turn."""

_EXAMPLES = {"weak": 0, "strong": 2}
"""Dialogues. A weak model takes the facts of an example for facts of the turn; it is shown lines in
the persona's voice, which state none."""

_SAMPLE_LINES = {"weak": 1, "strong": None}
_BEST_HIT_LAST = {"weak": True, "strong": False}
"""A weak model uses best what stands next to the question (Liu et al., 2024, "Lost in the
middle")."""

_HISTORY = {"weak": 4, "strong": 12}
_CHARACTERS_A_TOKEN = {"en": 3.2, "ko": 1.2}
"""Fewer than tokenizers really take, so that the estimate of a prompt's length is safe."""

_FOUND_TOKENS = {"en": 250, "ko": 360}
"""What one look-up adds to a prompt."""

_EMPTY_TURN: dict[str, Any] = {
    "lore": [], "nothing_known": False, "place": "", "premise": "", "speaker": "", "speech": "",
    "task": "", "to": "", "facts": [], "answer": "", "interrupts": False,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TurnPrompt:
    """What a prompt is made of."""

    town: Town
    part: Part
    situation: Situation
    profile: ModelProfile

    @property
    def agent(self) -> Agent:
        """Who speaks."""
        return self.part.agent

    @property
    def beat(self) -> Beat:
        """What is to be done."""
        return self.part.beat

    @property
    def strong(self) -> bool:
        """Whether the model answers in structure."""
        return self.profile.strength == "strong"

    @property
    def looks_up(self) -> bool:
        """Whether this NPC may look things up in this turn."""
        return self.strong and "react" in self.agent.entry.patterns and bool(self.agent.entry.tools)

    @property
    def thinks(self) -> bool:
        """Whether it has a thought that is never spoken."""
        return self.strong and "chain_of_thought" in self.agent.entry.patterns

    def messages(self, lore: Sequence[LoreEntry], answer_tokens: int) -> list[Message]:
        """The whole prompt, older lines left out where the model's context is too short."""
        head = [self._system(), *self._examples()]
        last = self._turn(lore)
        history = self._history()
        budget = self.profile.context - answer_tokens - self._reserve(answer_tokens)
        while history and self._tokens([*head, *history, last]) > budget:
            history = history[1:]
        while len(head) > 1 and self._tokens([*head, *history, last]) > budget:
            head = head[:-2]
        return [*head, *history, last]

    def _reserve(self, answer_tokens: int) -> float:
        """Tokens of what may be added to the prompt before the turn is over.

        A strong model's refused answer and the word on it, and what it looks up. At most half of
        the context, or there would be nothing left to say it of.
        """
        if not self.strong:
            return 32
        found = MAX_LOOKUPS * _FOUND_TOKENS[self.situation.language] if self.looks_up else 0
        return min(answer_tokens + 120 + found, self.profile.context / 2)

    def not_to_be_repeated(self, messages: Sequence[Message]) -> str:
        """All of a prompt but its lore: persona, examples, what was said, what is to be done.

        And the frames around it, the word after a refused line too.
        """
        last = self._last_heard()
        frame = {**_EMPTY_TURN, "lore": ["-"], "task": "-", "facts": ["-"]}
        return "\n".join(
            [
                *(message.content for message in messages[:-1]),
                last.speech if last else "",
                self.beat.description.get(self.situation.language),
                self._render("turn", **frame),
                self._render("retry", faults=["-"], name=self._name, facts=["-"]),
                self._answer() if self.strong else "",
            ]
        )

    def retry(self, faults: Iterable[Fault]) -> Message:
        """What is said to the model after a line that cannot be used."""
        reasons = [
            f"{fault.rule}: {fault.detail}" if fault.rule == ACTION_REJECTED else fault.rule
            for fault in faults
        ]
        return Message("user", self._render("retry", faults=reasons, name=self._name,
                                            facts=self._facts()))  # fmt: skip

    def found(self, entries: Sequence[LoreEntry], last: bool) -> str:
        """The answer to a look-up."""
        texts = [entry.text(self.situation.language) for entry in entries]
        return self._render("found", texts=texts, last=last)

    def search_tool(self) -> dict[str, Any]:
        """The look-up as an OpenAI function definition."""
        return {
            "type": "function",
            "function": {
                "name": SEARCH_TOOL,
                "description": self._render("tool"),
                "parameters": {
                    "type": "object",
                    "properties": {"query": {"type": "string"}},
                    "required": ["query"],
                },
            },
        }

    @property
    def _name(self) -> str:
        return self.agent.name(self.situation.language)

    def _render(self, template: str, **values: Any) -> str:
        return self.town.templates.render(template, self.situation.language, **values)

    def _tokens(self, messages: Iterable[Message]) -> float:
        a_token = _CHARACTERS_A_TOKEN[self.situation.language]
        return sum(len(message.content) / a_token + 8 for message in messages)

    def _system(self) -> Message:
        language, persona = self.situation.language, self.agent.persona
        fields = {
            "name": self._name,
            "city": persona.city.get(language),
            "trade": persona.trade.get(language),
        }
        entry = self.agent.entry
        return Message(
            "system",
            self._render(
                "system",
                **fields,
                role=fill(entry.role.get(language), fields),
                goal=fill(entry.goal.get(language), fields),
                backstory=fill(entry.backstory.get(language), fields),
                personality=persona.personality.get(language),
                register=persona.speech.register_.get(language),
                korean_level=persona.speech.korean_level,
                catchphrases=persona.speech.catchphrases.get(language),
                samples=persona.speech.sample_lines.get(language)[
                    : _SAMPLE_LINES[self.profile.strength]
                ],
                taboos=persona.taboos.get(language),
                strong=self.strong,
            ),
        )

    def _examples(self) -> list[Message]:
        """Authored dialogues of this NPC, in the form of a turn."""
        if "few_shot" not in self.agent.entry.patterns:
            return []
        messages: list[Message] = []
        rows = of_npc(self.town.dialogues, self._name)
        for row in rows[: _EXAMPLES[self.profile.strength]]:
            asked = self._render(
                "turn", **{**_EMPTY_TURN, "speech": row.input, "task": row.instruction}
            )
            messages += [Message("user", asked), Message("assistant", row.output)]
        return messages

    def _history(self) -> list[Message]:
        """Earlier lines that this NPC heard, its own as the assistant's."""
        last = self._last_heard()
        earlier = [turn for turn in self._heard() if turn is not last][
            -_HISTORY[self.profile.strength] :
        ]
        messages: list[Message] = []
        for turn in earlier:
            own = turn.speaker == self.agent.id
            text = turn.speech if own else f"{turn.name}: «{turn.speech}»"
            role = "assistant" if own else "user"
            if messages and messages[-1].role == role:
                text = f"{messages.pop().content}\n{text}"
            messages.append(Message(role, text))  # type: ignore[arg-type]
        return messages

    def _heard(self) -> list[Turn]:
        return tellable(self.town, self.situation, self.agent.id)

    def _last_heard(self) -> Turn | None:
        heard = self._heard()
        return heard[-1] if heard and heard[-1].speaker != self.agent.id else None

    def _turn(self, lore: Sequence[LoreEntry]) -> Message:
        language, scene = self.situation.language, self.situation.scene
        to, last = self.beat.to, self._last_heard()
        values = {
            **_EMPTY_TURN,
            "lore": self._ordered([entry.text(language) for entry in lore]),
            # A weak model does not see that something is missing; it sees what it is told. A beat
            # tells it what to say.
            "nothing_known": not self.strong and self.part.beat_id is None,
            "task": self.beat.description.get(language),
            "facts": self._facts(),
            "interrupts": self.part.interrupts,
        }
        if last is not None:
            values |= {"speaker": last.name, "speech": last.speech}
        if self.strong:
            values |= {
                "place": self.situation.place,
                "premise": scene.premise.get(language),
                "to": self._addressee(to) if to else "",
                "answer": self._answer(),
            }
        return Message("user", self._render("turn", **values))

    def _ordered(self, texts: list[str]) -> list[str]:
        return texts[::-1] if _BEST_HIT_LAST[self.profile.strength] else texts

    def _addressee(self, to: str) -> str:
        """Whom the NPC speaks to; of the player, also what can be seen."""
        language, scene = self.situation.language, self.situation.scene
        name = self.town.character_name(to, scene, language)
        seen = scene.player.persona if to == PLAYER else None
        return f"{name} ({seen.get(language).rstrip('.')})" if seen else name

    def _answer(self) -> str:
        actions = [
            {
                "name": name,
                "description": self.town.actions[name].description.get(self.situation.language),
                "parameters": self.town.actions[name].parameters,
            }
            for name in self.part.allowed_actions
        ]
        text = self._render("answer", thought=self.thinks, actions=actions)
        if self.looks_up and not self.profile.tools:
            text = f"{self._render('lookup', rounds=MAX_LOOKUPS)}\n{text}"
        return text

    def _facts(self) -> list[str]:
        entries = [self.town.lore[lore_id] for lore_id in self.beat.must_convey]
        return required_facts(entries, self.situation.language)


def fill(text: str, fields: dict[str, str]) -> str:
    """A text of `agents.yaml` with `{name}`, `{city}` and `{trade}` filled in."""
    for key, value in fields.items():
        text = text.replace(f"{{{key}}}", value)
    return text
