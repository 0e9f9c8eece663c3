"""What the libraries we use would send home, turned off."""

from __future__ import annotations

import os

_OFF = {
    # ONNX Runtime sends usage to its vendor since 1.29, on Linux and macOS too.
    "ORT_DISABLE_TELEMETRY": "1",
    "ANONYMIZED_TELEMETRY": "False",
    # Without these a run on a terminal waits 20 s for an answer about sharing traces, and 10 s at
    # its end for a telemetry server. OTEL_SDK_DISABLED would also silence our own tracing.
    "CREWAI_DISABLE_TELEMETRY": "true",
    "CREWAI_TRACING_ENABLED": "false",
    "CREWAI_DISABLE_VERSION_CHECK": "true",
    # LiteLLM asks a web site for prices when it is imported.
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "HF_HUB_DISABLE_TELEMETRY": "1",
}


def forbid_telemetry() -> None:
    """Tell the libraries to keep to themselves; called before any of them is imported.

    What the user has set already stays.
    """
    for name, value in _OFF.items():
        os.environ.setdefault(name, value)
