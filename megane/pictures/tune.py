"""A tuning as a picture: precision and recall by value, and below how long before an event it was told."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, PercentFormatter

from city.messages import say
from city.messages.text import Lang
from city.reading import Float64s
from megane.pictures.backtest import CURRENT, GRAY, INK, PROPOSED, style
from megane.pictures.files import write_page, write_png
from megane.pictures.page import tuned_page
from megane.tune_report import Point, Tuned
from megane.tune_table import headlines

WIDTH_IN, HEIGHT_IN = 9.6, 6.6
GRID: Final = "#e6e6e6"
MOST_TICKS: Final = 14  # values that can be named under the axis


def save(tuned: Tuned, png: Path | None, html: Path | None, lang: Lang) -> None:
    """Writes the curve as PNG, the page as HTML, or both. Raises a UserError where that cannot be."""
    with style():
        figure = draw(tuned, lang)
        if png is not None:
            write_png(figure, png)
        if html is not None:
            write_page(figure, html, lambda svg: tuned_page(tuned, svg, lang))


def draw(tuned: Tuned, lang: Lang) -> Figure:
    """The figure."""
    figure = Figure(figsize=(WIDTH_IN, HEIGHT_IN), facecolor="white")
    first, second = headlines(tuned, lang)
    figure.text(0.03, 0.955, first, fontsize=13, weight="bold", va="center")
    figure.text(0.03, 0.91, second, fontsize=9.5, va="center")
    shares, leads = figure.subplots(
        2,
        1,
        sharex=True,
        gridspec_kw={"height_ratios": [3, 2], "hspace": 0.14, "left": 0.11, "right": 0.86, "top": 0.86},
    )
    places = (
        np.arange(len(tuned.points), dtype=np.float64)
        if _uneven(tuned)
        else np.array([point.value for point in tuned.points])
    )
    _shares(shares, tuned, places, lang)
    _leads(leads, tuned, places, lang)
    step = -(-len(places) // MOST_TICKS)
    leads.set_xticks(places[::step], [point.text for point in tuned.points[::step]], fontsize=9)
    leads.set_xlabel(f"{tuned.varied} {f'({tuned.unit})' if tuned.unit else ''}".rstrip())
    for axes in (shares, leads):
        axes.grid(color=GRID, linewidth=0.7)
        axes.set_axisbelow(True)
        for place, point in zip(places, tuned.points, strict=True):
            if point.present:
                axes.axvline(place, color=GRAY, linewidth=1, linestyle=(0, (4, 3)))
    for place, point in zip(places, tuned.points, strict=True):
        if point.present:
            shares.annotate(
                say("tune.present", lang),
                (place, 1.02),
                xycoords=("data", "axes fraction"),
                ha="center",
                fontsize=9,
                color=GRAY,
            )
    return figure


def _uneven(tuned: Tuned) -> bool:
    """Whether the values lie so unevenly that they are better drawn one beside the other."""
    steps = np.diff([point.value for point in tuned.points])
    return bool(len(steps)) and float(steps.max()) > 3 * float(steps.min())


def _shares(axes: Axes, tuned: Tuned, places: Float64s, lang: Lang) -> None:
    """Both shares, told apart by mark and name as well as by colour; beside each mark, what it is a share of."""
    lines = (
        ("precision", [_or_nan(point.precision) for point in tuned.points], PROPOSED, "o", _of_alerts, (0, 7)),
        ("recall", [_or_nan(point.recall) for point in tuned.points], CURRENT, "s", _of_events, (0, -13)),
    )
    crowded = len(tuned.points) > MOST_TICKS
    for _, values, colour, marker, of, offset in lines:
        axes.plot(places, values, color=colour, marker=marker, ms=5, linewidth=1.6)
        if not crowded:
            for place, value, point in zip(places, values, tuned.points, strict=True):
                if np.isfinite(value):
                    axes.annotate(
                        of(point),
                        (place, value),
                        offset,
                        textcoords="offset points",
                        ha="center",
                        fontsize=7.5,
                        color=colour,
                    )
    _name_ends(axes, places, [(say(f"tune.column-{name}", lang), values, colour) for name, values, colour, *_ in lines])
    axes.set_ylim(-0.08, 1.14)
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1])


def _name_ends(axes: Axes, places: Float64s, lines: Sequence[tuple[str, Sequence[float], str]]) -> None:
    """Names beside the lines' ends, one above the other where these lie together."""
    ends = []
    for name, values, colour in lines:
        there = [(place, value) for place, value in zip(places.tolist(), values, strict=True) if np.isfinite(value)]
        if there:
            ends.append((there[-1], name, colour))
    together = len(ends) > 1 and abs(ends[0][0][1] - ends[1][0][1]) < 0.08  # noqa: PLR2004  what a line of words takes
    for (end, name, colour), shift in zip(ends, (8, -8), strict=False):
        offset = (10, shift if together else 0)
        axes.annotate(name, end, offset, textcoords="offset points", va="center", color=colour)


def _leads(axes: Axes, tuned: Tuned, places: Float64s, lang: Lang) -> None:
    """The median, and from the least to the greatest as a bar."""
    hours = np.array([[_or_nan(value) for value in _lead_hours(point)] for point in tuned.points])
    axes.vlines(places, hours[:, 1], hours[:, 2], color="#cccccc", linewidth=5)
    axes.plot(places, hours[:, 0], color=INK, marker="o", ms=4, linewidth=1.4)
    axes.axhline(0, color=GRAY, linewidth=1)
    axes.set_ylabel(say("tune.lead-hours", lang))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))


def _lead_hours(point: Point) -> tuple[float | None, float | None, float | None]:
    if point.lead is None:
        return None, None, None
    return point.lead.median_s / 3600, point.lead.least_s / 3600, point.lead.greatest_s / 3600


def _of_alerts(point: Point) -> str:
    return f"{point.right}/{point.right + point.wrong}"


def _of_events(point: Point) -> str:
    return f"{point.told}/{point.events}"


def _or_nan(value: float | None) -> float:
    return float("nan") if value is None else value
