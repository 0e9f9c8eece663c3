"""What a model's tokens cost."""

from __future__ import annotations

from dataclasses import dataclass

from townsfolk.models.deployments import Choice
from townsfolk.models.ollama import is_ollama


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars a token."""

    prompt: float = 0.0
    completion: float = 0.0

    def of(self, prompt_tokens: int, completion_tokens: int) -> float:
        """Dollars for so many tokens."""
        return prompt_tokens * self.prompt + completion_tokens * self.completion


def price_of(choice: Choice) -> Price | None:
    """The dearest of a role's deployments by LiteLLM's list; None where it knows no price.

    A model that runs on one's own machine costs nothing.
    """
    paid = [d.model for d in choice.deployments if not is_ollama(d.model)]
    if not paid:
        return Price()
    # Costs five seconds.
    import litellm

    found: list[Price] = []
    for model in paid:
        try:
            told = litellm.get_model_info(model)
        except Exception:
            # LiteLLM raises a bare Exception for a model that it does not list.
            return None
        prompt, completion = told.get("input_cost_per_token"), told.get("output_cost_per_token")
        if not prompt and not completion:
            return None
        found.append(Price(prompt or 0.0, completion or 0.0))
    return Price(max(p.prompt for p in found), max(p.completion for p in found))
