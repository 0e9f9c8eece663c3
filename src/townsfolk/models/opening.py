"""From a choice to a model that answers."""

from __future__ import annotations

from townsfolk.models.deployments import Choice
from townsfolk.models.interface import Model


def open_model(choice: Choice) -> Model:
    """The model, ready to be called; takes from half a second to several.

    Raises:
        ModelSetupError: the embedded model's weights or adapter are missing or damaged, or LiteLLM
            does not know the provider.
    """
    if choice.embedded:
        from townsfolk.models.adapter import embedded_adapter
        from townsfolk.models.embedded import EmbeddedModel
        from townsfolk.models.weights import embedded_weights

        return EmbeddedModel(embedded_weights(), adapter=embedded_adapter())
    from townsfolk.models.routed import RoutedModel

    model = RoutedModel(choice)
    model.warm()
    return model
