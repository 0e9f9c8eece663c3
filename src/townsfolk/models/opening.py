"""From a choice to a model that answers."""

from __future__ import annotations

from townsfolk.models.deployments import Choice
from townsfolk.models.interface import Model
from townsfolk.models.profile import ModelProfile


def open_model(choice: Choice, context: int | None = None) -> Model:
    """The model, ready to be called; takes from half a second to several.

    `context`: tokens that a turn may take, where that is less than the model can.

    Raises:
        ModelSetupError: the embedded model's weights or adapter are missing or damaged, or LiteLLM
            does not know the provider.
    """
    if choice.embedded:
        from townsfolk.models.adapter import embedded_adapter
        from townsfolk.models.embedded import EmbeddedModel
        from townsfolk.models.weights import embedded_weights

        embedded = EmbeddedModel(embedded_weights(), adapter=embedded_adapter())
        embedded.profile = _within(embedded.profile, context)
        return embedded
    from townsfolk.models.routed import RoutedModel

    model = RoutedModel(choice)
    model.profile = _within(model.profile, context)
    model.warm()
    return model


def _within(profile: ModelProfile, context: int | None) -> ModelProfile:
    allowed = min(profile.context, context or profile.context)
    return profile.model_copy(update={"context": allowed})
