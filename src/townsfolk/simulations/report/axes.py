"""The frame of a plot: where a value stands, and the lines and figures beside it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from markupsafe import Markup, escape

from townsfolk.simulations.report.bins import ticks
from townsfolk.simulations.report.shown import mark

WIDTH, HEIGHT = 440, 230
LEFT, RIGHT, TOP, BOTTOM = 50, 14, 24, 40

Shown = Callable[[float], str]


@dataclass(frozen=True, slots=True)
class Axis:
    """What values an axis holds, and what is written beside it."""

    low: float
    high: float
    title: str
    shown: Shown = mark
    logarithmic: bool = False
    whole: bool = False
    """Whether only whole numbers are written."""

    def share(self, value: float) -> float:
        """How far along the axis a value lies, 0 to 1; what is beyond is at its end."""
        low, high = self.low, self.high
        if self.logarithmic:
            low, high, value = math.log10(low), math.log10(high), math.log10(max(value, low))
        along = (value - low) / (high - low) if high > low else 0.5
        return min(1.0, max(0.0, along))

    @property
    def marks(self) -> list[float]:
        """The values that are written."""
        if not self.logarithmic:
            return ticks(self.low, self.high, self.whole)
        decades = math.log10(self.high / self.low)
        factors = (1, 2, 5) if decades < 3 else (1,)
        first = math.floor(math.log10(self.low))
        values = [10.0**power * factor for power in range(first, first + 12) for factor in factors]
        return [value for value in values if self.low <= value <= self.high * (1 + 1e-9)]


@dataclass(frozen=True, slots=True)
class Frame:
    """A plot's two axes."""

    x: Axis
    y: Axis

    def across(self, value: float) -> float:
        """Where a value of the x axis stands."""
        return LEFT + (WIDTH - LEFT - RIGHT) * self.x.share(value)

    def down(self, value: float) -> float:
        """Where a value of the y axis stands."""
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - self.y.share(value))

    def picture(self, label: str, parts: Iterator[Markup]) -> Markup:
        """The whole SVG. `label`: what a screen reader says of it."""
        inside = Markup("").join([*self._lines(), *parts])
        return Markup('<svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
            WIDTH, HEIGHT, label, inside
        )

    def _lines(self) -> Iterator[Markup]:
        for value in self.y.marks:
            y = f"{self.down(value):.1f}"
            yield Markup('<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/>').format(
                LEFT, WIDTH - RIGHT, y, y
            )
            yield text(LEFT - 6, self.down(value) + 4, self.y.shown(value), "end")
        for value in self.x.marks:
            yield text(self.across(value), HEIGHT - BOTTOM + 16, self.x.shown(value), "middle")
        floor = HEIGHT - BOTTOM
        yield Markup('<line class="axis" x1="{}" x2="{}" y1="{}" y2="{}"/>').format(
            LEFT, WIDTH - RIGHT, floor, floor
        )
        yield text(LEFT - 40, 13, self.y.title, "start")
        yield text(WIDTH - RIGHT, HEIGHT - 6, self.x.title, "end")


def text(x: float, y: float, told: str, anchor: str, kind: str = "") -> Markup:
    """Words in a plot."""
    return Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}"{}>{}</text>').format(
        x, y, anchor, Markup(' class="{}"').format(kind) if kind else "", escape(told)
    )
