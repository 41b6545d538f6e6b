"""A backtest as a picture: each series over its levels, and under it when either rule was in alarm."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from alerts.comparison import Outcome
from api.wording import amount
from city.catalog import Sensor
from city.level import LEVEL_TITLES
from city.messages import say
from city.messages.text import Lang
from megane.backtest import Run
from megane.backtest_report import Report, RuleReport
from megane.backtest_words import duration, headline
from megane.pictures.files import write_page, write_png
from megane.pictures.fonts import japanese_font
from megane.pictures.page import page
from megane.pictures.panels import Panel, choose_panels
from megane.pictures.timescale import marks

# The Digital Agency's tokens: neutral solid grays, blue 900, orange 800.
INK, GRAY, LIGHT, PROPOSED, SUSPECT = "#1a1a1a", "#666666", "#cccccc", "#0017c1", "#c74700"
CURRENT: Final = "#767676"
# The official colours of the levels that stand for 警戒レベル 2, 3 and 4.
LEVEL_COLOURS: Final = {"caution": "#f2e700", "evacuation": "#ff2800", "danger": "#aa00aa"}
WIDTH_IN: Final = 14.4  # 1,440 px at 100 a unit: what an office screen is wide
PANEL_IN, HEAD_IN, LINE_IN = 3.5, 0.75, 0.27
COLUMNS: Final = 2
MARKS: Final = 7  # under an axis of half that width
LABEL: Final = 0.085  # of an axis' height: what a line of words takes
REACH: Final = 0.35  # of what a series spans: a level so far above it is shown too


def save(run: Run, report: Report, png: Path | None, html: Path | None, lang: Lang) -> None:
    """Writes the picture as PNG, the page as HTML, or both. Raises a UserError where that cannot be."""
    ours = "backtest.shadow" if report.readings is None else "backtest.proposed"
    names = (say(ours, lang), say("backtest.current", lang))
    with style():
        panels = choose_panels(run)
        if png is not None:
            write_png(draw(report, panels, lang, names), png)
        if html is not None:  # where the page's own tables stand around it
            write_page(draw(report, panels, lang, names, head=False), html, lambda svg: page(report, svg, lang))


def draw(report: Report, panels: Sequence[Panel], lang: Lang, names: tuple[str, str], *, head: bool = True) -> Figure:
    """The figure; `names` are the two sides' as they stand beside their bands, `head` is the report in some lines."""
    rows = max(1, -(-len(panels) // COLUMNS))
    head_in = HEAD_IN + LINE_IN * len(report.rules) if head else 0.2
    columns = min(COLUMNS, max(1, len(panels)))
    figure = Figure(figsize=(WIDTH_IN, head_in + PANEL_IN * rows), facecolor="white")
    if head:
        _head(figure, report, lang)
    top = 1 - head_in / figure.get_figheight()
    grid = figure.add_gridspec(
        rows,
        columns,
        left=0.055,
        right=0.875,
        top=top - 0.36 / figure.get_figheight(),
        bottom=0.52 / figure.get_figheight(),
        wspace=0.42,
        hspace=0.42,
    )
    for number, panel in enumerate(panels):
        row, column = divmod(number, columns)
        cell = grid[row, column].subgridspec(2, 1, height_ratios=[5, 1], hspace=0.06)
        above = figure.add_subplot(cell[0])
        below = figure.add_subplot(cell[1], sharex=above)
        _series(above, panel, lang)
        _bands(below, panel, lang, names)
    return figure


def style() -> AbstractContextManager[None]:
    """What the figure is drawn and saved in."""
    return rc_context(
        {
            "font.family": [japanese_font(), "sans-serif"],
            "font.size": 10,
            "axes.edgecolor": LIGHT,
            "axes.labelcolor": INK,
            "text.color": INK,
            "xtick.color": GRAY,
            "ytick.color": GRAY,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "svg.fonttype": "none",  # words stay words: they can be searched, copied and read aloud
            "svg.hashsalt": "megane",  # names in the file do not change from one drawing to the next
            "hatch.linewidth": 0.8,
        }
    )


def _head(figure: Figure, report: Report, lang: Lang) -> None:
    height = figure.get_figheight()
    figure.text(0.02, 1 - 0.3 / height, headline(report, lang), fontsize=13, weight="bold", va="center")
    for number, rule in enumerate(report.rules):
        y = 1 - (0.62 + LINE_IN * number) / height
        figure.text(0.02, y, _line(rule, lang), fontsize=10.5, color=INK, va="center")


def _line(rule: RuleReport, lang: Lang) -> str:
    """A rule in one line."""
    counted = rule.occasions
    parts = [f"{rule.title} ({rule.rule})", f"{say('backtest.column-alerts', lang)} {_both(rule, 'alerts')}"]
    if rule.against is not None:
        for name, count, by_s in (
            ("gained", counted.gained, None),
            ("lost", counted.lost, None),
            ("earlier", counted.earlier, rule.earlier_by_s),
            ("later", counted.later, rule.later_by_s),
        ):
            shift = "" if by_s is None else f" ({duration(by_s, lang)})"
            parts.append(f"{say(f'backtest.column-{name}', lang)} {count}{shift}")
    parts.append(say("backtest.alarm-hours", lang, hours=_both(rule, "hours")))
    parts.append(say("backtest.alarm-night", lang, count=_both(rule, "raised_at_night")))
    return "   ".join(parts)


def _both(rule: RuleReport, figure: str) -> str:
    ours, theirs = (getattr(side, figure) for side in (rule.proposed, rule.current))
    form = "{:,.1f}" if isinstance(ours, float) else "{:,}"
    return form.format(ours) if rule.against is None else f"{form.format(ours)} / {form.format(theirs)}"


def _series(axes: Axes, panel: Panel, lang: Lang) -> None:
    sensor = panel.sensor
    axes.set_xlim(panel.start_ms, panel.end_ms)
    for start, end in panel.proposed:
        axes.axvspan(start, end, color=PROPOSED, alpha=0.08, linewidth=0)
    axes.plot(panel.time, panel.value, color=INK, linewidth=1.4, solid_joinstyle="round", marker=_marker(panel), ms=2.2)
    if panel.suspect.any():
        at = panel.suspect
        label = say("backtest.suspect", lang)
        axes.plot(panel.time[at], panel.value[at], "^", color=SUSPECT, ms=6, mec="white", mew=0.6, label=label)
        axes.legend(loc="upper left", frameon=False, fontsize=9, handletextpad=0.2)
    low, high = _limits(panel)
    axes.set_ylim(low, high)
    shown = sorted((value, name) for name, value in sensor.levels.items() if low <= value <= high)
    for (value, name), place in zip(shown, _apart([value for value, _ in shown], (high - low) * LABEL), strict=True):
        _level(axes, name, value, place, sensor, lang)
    axes.set_ylabel(sensor.quantity.unit_label, rotation=0, ha="right", va="top", labelpad=4)
    axes.yaxis.set_label_coords(-0.03, 1.12)
    axes.set_title(_title(panel, lang), loc="left", fontsize=11, weight="bold", pad=9)
    axes.tick_params(axis="x", labelbottom=False, length=0)
    axes.grid(axis="x", color="#e6e6e6", linewidth=0.7)
    axes.set_axisbelow(True)


def _marker(panel: Panel) -> str:
    """The readings themselves where there is room for them: 10 minutes over a day and a half."""
    return "o" if len(panel.time) <= 220 else ""  # noqa: PLR2004  dots of 2 px over half of 1,440


def _level(axes: Axes, name: str, value: float, place: float, sensor: Sensor, lang: Lang) -> None:
    """A named threshold across; its name and value stand at its end, at the height of `place`."""
    official = name in LEVEL_COLOURS
    axes.axhline(
        value,
        color=LEVEL_COLOURS.get(name, GRAY),
        linewidth=1.6 if official else 1.0,
        linestyle="-" if official else (0, (4, 3)),
        # Yellow alone could not be seen on white.
        path_effects=[withStroke(linewidth=2.8, foreground=GRAY)] if name == "caution" else None,
        zorder=1.5,
    )
    title = LEVEL_TITLES[name].of(lang) if name in LEVEL_TITLES else name
    text = f"{title} {amount(value, sensor, lang)}"
    axes.annotate(
        text, (1, place), (5, 0), ("axes fraction", "data"), textcoords="offset points", va="center", fontsize=8.5
    )


def _apart(values: Sequence[float], least: float) -> list[float]:
    """Ascending values moved up so far that each is at least `least` above the one before."""
    found: list[float] = []
    for value in values:
        found.append(value if not found else max(value, found[-1] + least))
    return found


def _limits(panel: Panel) -> tuple[float, float]:
    """From the lowest to the highest reading, and the levels near them."""
    there = panel.value[np.isfinite(panel.value)]
    low, high = (float(there.min()), float(there.max())) if len(there) else (0.0, 1.0)
    reach = REACH * max(high - low, 0.1)
    near = [level for level in panel.sensor.levels.values() if low - reach <= level <= high + reach]
    low, high = min([low, *near]), max([high, *near])
    margin = 0.06 * max(high - low, 0.1)
    return low - margin, high + margin


def _title(panel: Panel, lang: Lang) -> str:
    occasion = panel.occasion
    name = panel.sensor.title.of(lang)
    if not panel.beside:
        return f"{name}  {panel.rule.id}"
    what = "" if occasion.outcome is Outcome.SAME else say(f"backtest.{occasion.outcome}", lang)
    if occasion.earlier_ms:
        what = f"{what} {duration(abs(occasion.earlier_ms) / 1000, lang)}"
    return f"{name}  {panel.rule.id}" + (f"  –  {what}" if what else "")


def _bands(axes: Axes, panel: Panel, lang: Lang, names: tuple[str, str]) -> None:
    """Two lanes: when either rule was in alarm."""
    lanes = [(names[0], panel.proposed, PROPOSED, "")]
    if panel.beside:
        lanes.append((names[1], panel.current, "white", "//////"))
    for lane, (_, bands, colour, hatch) in enumerate(lanes):
        widths = [(start, end - start) for start, end in bands]
        edge = PROPOSED if not hatch else CURRENT
        axes.broken_barh(widths, (lane - 0.32, 0.64), facecolors=colour, edgecolor=edge, hatch=hatch, linewidth=0.8)
    axes.set_ylim(len(lanes) - 0.4, -0.6)
    axes.set_yticks(range(len(lanes)), [name for name, *_ in lanes], color=INK, fontsize=9)
    axes.tick_params(axis="y", length=0)
    found = marks(panel.start_ms, panel.end_ms, MARKS, lang)
    axes.set_xticks([mark.time_ms for mark in found], [mark.text for mark in found], fontsize=9)
    axes.grid(axis="x", color="#e6e6e6", linewidth=0.7)
    axes.set_axisbelow(True)
    axes.spines["left"].set_visible(False)
