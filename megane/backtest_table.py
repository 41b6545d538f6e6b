"""A backtest's report on a terminal."""

from typing import Final

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from city.messages import say
from city.messages.text import Lang
from megane.backtest_report import Report
from megane.backtest_words import WORDS, headline, notes, sheets

WIDTH: Final = 120  # of what goes into a file or a pipe: there is no terminal to ask
WRAPS: Final = {"subject", "what"}


def print_report(report: Report, lang: Lang) -> None:
    """Prints the report to standard output."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=WIDTH)
    console.print(escape(headline(report, lang)))
    for sheet in sheets(report, lang):
        if sheet.heading:
            console.print(f"[bold]{escape(sheet.heading)}[/bold]")
        table = Table(box=SIMPLE_HEAD, pad_edge=False)
        for column in sheet.columns:
            heading = say(f"backtest.column-{column}", lang)
            justify = "left" if column in WORDS else "right"
            table.add_column(heading, justify=justify, no_wrap=column not in WRAPS)  # type: ignore[arg-type]
        for row in sheet.rows:
            table.add_row(*(escape(cell) for cell in row))
        console.print(table)
        if sheet.rest:
            console.print(sheet.rest)
    for note in notes(report, lang):
        console.print(escape(note))
