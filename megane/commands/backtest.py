"""`megane backtest` and what it takes."""

from pathlib import Path
from typing import Annotated

import typer

from megane.commands.options import City, Home, Json, SettingsFile, both, chosen_settings, language

Rules = Annotated[list[str], typer.Argument(metavar="RULE...", help=both("backtest.option-rules"))]
Over = Annotated[Path | None, typer.Option("--over", metavar="DIR", help=both("backtest.option-over"))]
Form = Annotated[str, typer.Option("--format", help=both("backtest.option-format"))]
From = Annotated[str | None, typer.Option("--from", help=both("backtest.option-from"))]
To = Annotated[str | None, typer.Option("--to", help=both("backtest.option-to"))]
Png = Annotated[Path | None, typer.Option("--png", metavar="FILE", help=both("backtest.option-png"))]
Html = Annotated[Path | None, typer.Option("--html", metavar="FILE", help=both("backtest.option-html"))]


def backtest(
    rules: Rules,
    against: Annotated[str | None, typer.Option(metavar="RULE", help=both("backtest.option-against"))] = None,
    start: From = None,
    end: To = None,
    over: Over = None,
    form: Form = "fukui-river",
    png: Png = None,
    html: Html = None,
    home: Home = None,
    city: City = None,
    settings: SettingsFile = None,
    json_output: Json = False,
) -> None:
    """Runs proposed rules over the past, beside those in force."""
    from megane.backtest import Asked, Pictures, run_backtest

    asked = Asked(tuple(rules), against, over, form, start, end)
    chosen = chosen_settings(settings, home, city)
    run_backtest(chosen, asked, Pictures(png, html), as_json=json_output, lang=language())
