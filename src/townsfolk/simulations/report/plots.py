"""The pictures of a report: SVG whose colours come from the page, so that they suit its theme."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from townsfolk.simulations.report.axes import BOTTOM, HEIGHT, TOP, Axis, Frame, Shown, text
from townsfolk.simulations.report.bins import Bin
from townsfolk.simulations.report.distributions import ScoreFigures
from townsfolk.simulations.report.shown import figure, percent, share_told
from townsfolk.simulations.report.spread import Mean, Share
from townsfolk.simulations.report.timing import Latency, TurnFigures

Point = tuple[float, float, float, float]
"""x, y, and the ends of the interval of y."""
_BAR_WIDTH = 150
_KEYS = 104.0
"""Where the names of lines begin, beside the title of the y axis."""


def histogram(score: ScoreFigures) -> Markup:
    """How many episodes have which value; the median is marked."""
    bins, spread = score.bins, score.spread
    width = (bins[0].high or 0) - bins[0].low or 1.0
    last = bins[-1]
    high = last.low + width if last.high is None else max(last.high, last.low + width)
    frame = Frame(
        Axis(bins[0].low, high, score.title, whole=_is_single(bins[0])),
        Axis(0, max(one.count for one in bins), "episodes", whole=True),
    )

    def parts() -> Iterator[Markup]:
        for one in bins:
            yield _bar(frame, one, width, score.unit)
        x = f"{frame.across(spread.median):.1f}"
        yield Markup('<line class="middle" x1="{}" x2="{}" y1="{}" y2="{}"/>').format(
            x, x, TOP, HEIGHT - BOTTOM
        )

    told = (
        f"Histogram of {score.name}, {spread.n} episodes: mean {figure(spread.mean)}, "
        f"median {figure(spread.median)}, from {figure(spread.least)} to {figure(spread.most)} "
        f"{score.unit}"
    )
    return frame.picture(told.strip(), parts())


def share_bar(share: Share) -> Markup:
    """A share and its interval on a line from 0 to 1."""
    label = f"{share_told(share)}, {share.count} of {share.n}"

    def at(value: float) -> str:
        return f"{4 + (_BAR_WIDTH - 8) * value:.1f}"

    return Markup(
        '<svg class="share" width="{w}" height="14" viewBox="0 0 {w} 14" role="img" '
        'aria-label="{label}"><line class="grid" x1="4" x2="{end}" y1="7" y2="7"/>'
        '<line class="reach" x1="{low}" x2="{high}" y1="7" y2="7"/>'
        '<circle class="dot" cx="{at}" cy="7" r="4"/></svg>'
    ).format(
        w=_BAR_WIDTH,
        end=_BAR_WIDTH - 4,
        label=label,
        low=at(share.low),
        high=at(share.high),
        at=at(share.share),
    )


def response_time_by_turn(turns: Sequence[TurnFigures]) -> Markup:
    """The mean response time of the first, second, … NPC line."""
    points = [_mean(one.number, one.response_time) for one in turns if one.response_time]
    highest = max((point[3] for point in points), default=1.0) or 1.0
    axis = Axis(0, highest, "seconds")
    return _band("Mean response time in seconds by NPC line", points, axis, figure)


def replaced_by_turn(turns: Sequence[TurnFigures]) -> Markup:
    """The share of lines that are not the model's, by NPC line."""
    points = [_share(one.number, one.replaced) for one in turns if one.replaced]
    highest = max((point[3] for point in points), default=1.0) or 1.0
    axis = Axis(0, min(1.0, highest), "share of lines", percent)
    return _band("Share of authored and fallback lines by NPC line", points, axis, percent)


def ecdf(latencies: Sequence[Latency]) -> Markup:
    """Which share of the lines took no longer; the seconds are logarithmic."""
    positive = [x for one in latencies for x, _ in one.ecdf if x > 0] or [1.0]
    high = max(positive)
    low = max(min(positive), high / 10_000)
    low, high = (low, high) if low < high else (low / 2, high * 2)
    frame = Frame(
        Axis(low, high, "seconds, logarithmic", logarithmic=True),
        Axis(0, 1, "share of lines", percent),
    )

    def parts() -> Iterator[Markup]:
        for number, one in enumerate(latencies):
            yield _steps(frame, one, number)
        x = _KEYS
        for number, one in enumerate(latencies):
            yield Markup('<line class="line s{}" x1="{}" x2="{}" y1="9" y2="9"/>').format(
                number, x, x + 18
            )
            yield text(x + 23, 13, one.name, "start", "key")
            x += 30 + 5.7 * len(one.name)

    told = "; ".join(f"{one.name}: median {figure(one.p50)} s" for one in latencies)
    return frame.picture(f"Cumulative distribution of seconds. {told}", parts())


def _bar(frame: Frame, one: Bin, width: float, unit: str) -> Markup:
    end = one.low + width if one.high is None or one.high == one.low else one.high
    left, right, top = frame.across(one.low), frame.across(end), frame.down(one.count)
    where = f"{figure(one.low)} and more" if one.high is None else _range(one)
    told = f"{where} {unit}".strip() + f": {one.count} episodes"
    return Markup(
        '<rect class="bar{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}">'
        "<title>{}</title></rect>"
    ).format(
        " beyond" if one.high is None else "", left + 0.5, top,
        max(1.0, right - left - 1), HEIGHT - BOTTOM - top, told,
    )  # fmt: skip


def _range(one: Bin) -> str:
    if one.high is None or one.high == one.low:
        return figure(one.low)
    if _is_single(one):
        return figure(one.low + 0.5)
    return f"{figure(one.low)} to {figure(one.high)}"


def _is_single(one: Bin) -> bool:
    """Whether a bin is a single whole number's."""
    return one.high is not None and one.high - one.low == 1 and one.low % 1 == 0.5


def _mean(x: float, mean: Mean) -> Point:
    return x, mean.mean, mean.low, mean.high


def _share(x: float, share: Share) -> Point:
    return x, share.share, share.low, share.high


def _band(label: str, points: Sequence[Point], axis: Axis, told: Shown) -> Markup:
    """A line through points, and the band of their intervals."""
    last = max((point[0] for point in points), default=1)
    frame = Frame(Axis(1, last, "NPC line of the episode", whole=True), axis)

    def line(at: int) -> list[str]:
        return [f"{frame.across(point[0]):.1f},{frame.down(point[at]):.1f}" for point in points]

    def parts() -> Iterator[Markup]:
        around = " ".join([*line(2), *reversed(line(3))])
        yield Markup('<polygon class="band" points="{}"/>').format(around)
        yield Markup('<polyline class="line s0" points="{}"/>').format(" ".join(line(1)))
        for point in points:
            yield Markup('<circle class="dot" cx="{:.1f}" cy="{:.1f}" r="3"><title>{}</title>'
                         "</circle>").format(
                frame.across(point[0]), frame.down(point[1]),
                f"line {point[0]:.0f}: {told(point[1])}",
            )  # fmt: skip

    ends = [f"line {p[0]:.0f} {told(p[1])}" for p in (*points[:1], *points[1:][-1:])]
    return frame.picture(f"{label}: {', '.join(ends)}", parts())


def _steps(frame: Frame, one: Latency, number: int) -> Markup:
    """A line that rises at each value."""
    places = [f"{frame.across(frame.x.low):.1f},{frame.down(0):.1f}"]
    before = 0.0
    for value, share in one.ecdf:
        x = frame.across(value)
        places += [f"{x:.1f},{frame.down(before):.1f}", f"{x:.1f},{frame.down(share):.1f}"]
        before = share
    places.append(f"{frame.across(frame.x.high):.1f},{frame.down(1):.1f}")
    return Markup('<polyline class="line s{}" points="{}"/>').format(number, " ".join(places))
