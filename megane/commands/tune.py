"""`megane tune` and what it takes."""

from typing import Annotated

import typer

from megane.commands.backtest import Form, From, Html, Over, Png, To
from megane.commands.options import City, Home, Json, SettingsFile, both, chosen_settings, language


def tune(
    rule: Annotated[str, typer.Argument(metavar="RULE", help=both("tune.option-rule"))],
    target: Annotated[str, typer.Option(metavar="FILE", help=both("tune.option-target"))],
    values: Annotated[str, typer.Option(help=both("tune.option-values"))],
    number: Annotated[str | None, typer.Option(help=both("tune.option-number"))] = None,
    level: Annotated[str | None, typer.Option(help=both("tune.option-level"))] = None,
    duration: Annotated[str | None, typer.Option(help=both("tune.option-duration"))] = None,
    ahead: Annotated[str, typer.Option(help=both("tune.option-ahead"))] = "6h",
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
    """Tries a number, level or duration of a rule over the past."""
    from megane.backtest import Pictures
    from megane.sweep import duration_ms
    from megane.tune import Tried, run_tune

    tried = Tried(rule, target, number, level, duration, values, duration_ms(ahead), over, form, start, end)
    chosen = chosen_settings(settings, home, city)
    run_tune(chosen, tried, Pictures(png, html), as_json=json_output, lang=language())
