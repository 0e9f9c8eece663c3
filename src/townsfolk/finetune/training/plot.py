"""The losses as a picture: SVG, which every browser and most editors show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_WIDTH, _HEIGHT = 720, 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 16, 28, 40
_COLOURS = {"train": "#8a8f98", "valid": "#c4521b"}
_NAMES = {"train": "training", "valid": "validation"}
_LINES = 5


def loss_plot(entries: Sequence[Mapping[str, Any]]) -> str:
    """An SVG of the training and the validation loss (nats a token) by iteration."""
    losses = [float(entry["loss"]) for entry in entries]
    last = max((int(entry["iteration"]) for entry in entries), default=1) or 1
    highest = max(losses, default=1.0) * 1.05

    def across(iteration: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * iteration / last

    def down(loss: float) -> float:
        return _TOP + (_HEIGHT - _TOP - _BOTTOM) * (1 - loss / highest)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        'font-family="system-ui, sans-serif" font-size="12" fill="#333">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
    ]
    for number in range(_LINES + 1):
        loss = highest * number / _LINES
        parts.append(
            f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{down(loss):.1f}" '
            f'y2="{down(loss):.1f}" stroke="#e4e4e7"/>'
            f'<text x="{_LEFT - 8}" y="{down(loss) + 4:.1f}" text-anchor="end">{loss:.2f}</text>'
        )
        iteration = last * number / _LINES
        parts.append(
            f'<text x="{across(iteration):.1f}" y="{_HEIGHT - _BOTTOM + 18}" '
            f'text-anchor="middle">{iteration:.0f}</text>'
        )
    for event, colour in _COLOURS.items():
        points = [(e["iteration"], e["loss"]) for e in entries if e["event"] == event]
        line = " ".join(f"{across(x):.1f},{down(y):.1f}" for x, y in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        if event == "valid":
            parts += [
                f'<circle cx="{across(x):.1f}" cy="{down(y):.1f}" r="3" fill="{colour}"/>'
                for x, y in points
            ]
    for number, (event, colour) in enumerate(_COLOURS.items()):
        x = _WIDTH - _RIGHT - 200 + number * 100
        parts.append(
            f'<rect x="{x}" y="10" width="12" height="4" fill="{colour}"/>'
            f'<text x="{x + 18}" y="16">{_NAMES[event]}</text>'
        )
    parts.append(
        f'<text x="{_LEFT}" y="16">loss, nats a token</text>'
        f'<text x="{_WIDTH - _RIGHT}" y="{_HEIGHT - 6}" text-anchor="end">iteration</text></svg>'
    )
    return "\n".join(parts) + "\n"
