"""`megane shadow report` and what it takes."""

from typing import Annotated

import typer

from megane.commands.backtest import Html, Png, To
from megane.commands.options import City, Home, Json, SettingsFile, both, chosen_settings, language


def shadow_report(
    rules: Annotated[
        list[str] | None, typer.Argument(metavar="[RULE]...", help=both("backtest.option-shadows"))
    ] = None,
    against: Annotated[str | None, typer.Option(metavar="RULE", help=both("backtest.option-beside"))] = None,
    start: Annotated[str | None, typer.Option("--from", help=both("backtest.option-trial-from"))] = None,
    end: To = None,
    png: Png = None,
    html: Html = None,
    home: Home = None,
    city: City = None,
    settings: SettingsFile = None,
    json_output: Json = False,
) -> None:
    """Compares rules on trial with those in force."""
    from megane.backtest import Pictures
    from megane.shadow import Trial, run_shadow_report

    chosen = chosen_settings(settings, home, city)
    trial = Trial(tuple(rules or ()), against, start, end)
    run_shadow_report(chosen, trial, Pictures(png, html), as_json=json_output, lang=language())
