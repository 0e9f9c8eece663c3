"""Figures as they are read."""

from __future__ import annotations

from markupsafe import Markup

from townsfolk.simulations.report.spread import Share


def figure(value: float) -> str:
    """Three digits, or all of a whole number."""
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    if abs(value) >= 1:
        return f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"
    return f"{value:.2g}" if abs(value) < 0.01 else f"{value:.3f}"


def mark(value: float) -> str:
    """A round number beside an axis."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:g}"


def percent(share: float) -> str:
    """A share of 1 with one decimal, where that says anything."""
    return f"{100 * share:.1f}".removesuffix(".0") + " %"


def share_told(share: Share | None) -> str:
    """A share with its interval."""
    if share is None:
        return "–"
    return f"{percent(share.share)} ({percent(share.low)} to {percent(share.high)})"


def breakable(name: str) -> Markup:
    """A name whose parts may stand on lines of their own."""
    return Markup("_<wbr>").join(name.split("_"))


def tongue(text: str) -> str:
    """The language of a text of which only its letters are known, as HTML names it."""
    return "ko" if any("가" <= letter <= "힣" for letter in text) else "en"


def duration(seconds: float) -> str:
    """Seconds as hours and minutes, where they are many."""
    if seconds < 120:
        return f"{figure(round(seconds, 1))} s"
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
