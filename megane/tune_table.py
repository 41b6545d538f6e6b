"""A tuning's curve in words: the table of the terminal, and its headline."""

from collections.abc import Sequence
from typing import Final

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from city.messages import say
from city.messages.text import Lang
from megane.backtest_words import duration, moment
from megane.tune_report import Point, Tuned

WIDTH: Final = 120  # of what goes into a file or a pipe: there is no terminal to ask
COLUMNS: Final = ("value", "alerts", "right", "wrong", "unknown", "precision", "recall", "lead", "hours", "night")


def print_tuned(tuned: Tuned, lang: Lang) -> None:
    """Prints the curve to standard output."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=WIDTH)
    for line in headlines(tuned, lang):
        console.print(escape(line))
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column in COLUMNS:
        table.add_column(say(f"tune.column-{column}", lang), justify="right", no_wrap=True)
    for point in tuned.points:
        table.add_row(*cells(point, lang), style="bold" if point.present else "")
    console.print(table)
    for note in notes(tuned, lang):
        console.print(escape(note))


def headlines(tuned: Tuned, lang: Lang) -> list[str]:
    """What was tried over which readings, and by what it was measured."""
    return [
        say("tune.headline", lang, title=tuned.title, rule=tuned.rule, varied=tuned.varied),
        say(
            "tune.over",
            lang,
            start=moment(tuned.start, lang),
            end=moment(tuned.end, lang),
            readings=f"{tuned.readings:,}",
            target=tuned.target,
            events=tuned.events,
        ),
    ]


def notes(tuned: Tuned, lang: Lang) -> Sequence[str]:
    """What is to be known of the figures."""
    found = [say("tune.how", lang)]
    if any(point.present for point in tuned.points):
        found.append(say("tune.now", lang))
    return found


def cells(point: Point, lang: Lang) -> tuple[str, ...]:
    """A row of `COLUMNS`; beside every share, what it is a share of."""
    return (
        f"{point.text} *" if point.present else point.text,
        str(point.alerts),
        str(point.right),
        str(point.wrong),
        str(point.unknown),
        _share(point.precision, point.right, point.right + point.wrong),
        _share(point.recall, point.told, point.events),
        lead(point, lang),
        f"{point.hours:,.1f}",
        str(point.raised_at_night),
    )


def lead(point: Point, lang: Lang) -> str:
    """`35分 (-10分–1時間)`: median, least and greatest."""
    found = point.lead
    if found is None:
        return "–"
    middle, least, greatest = (_signed(s, lang) for s in (found.median_s, found.least_s, found.greatest_s))
    return middle if least == greatest else f"{middle} ({least} – {greatest})"


def _signed(seconds: float, lang: Lang) -> str:
    return f"-{duration(-seconds, lang)}" if seconds < 0 else duration(seconds, lang)


def _share(share: float | None, part: int, whole: int) -> str:
    return "–" if share is None else f"{share:.0%} ({part}/{whole})"
