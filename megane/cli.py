"""The command line: what each command takes. What it does stands in the module named after it."""

import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import version as package_version
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from city.errors import UserError
from city.messages import say
from city.messages.text import Lang
from megane.commands.backtest import backtest
from megane.commands.case import CASE_COMMANDS
from megane.commands.channel import CHANNEL_COMMANDS
from megane.commands.decisions import DECISION_COMMANDS
from megane.commands.device import DEVICE_COMMANDS
from megane.commands.duty import DUTY_COMMANDS
from megane.commands.options import City, Home, Json, SettingsFile, both, chosen_settings, language
from megane.commands.people import PEOPLE_COMMANDS
from megane.commands.playbook import PLAYBOOK_COMMANDS
from megane.commands.provision import PROVISION_COMMANDS
from megane.commands.security import SECURITY_COMMANDS
from megane.commands.shadow import shadow_report
from megane.commands.tune import tune
from megane.settings import load_settings

DEFAULT_HOME = Path("home")


def main() -> None:
    """The entry point: what a person can mend is said without a traceback, exit status 1."""
    lang = language(os.environ)
    try:
        build_app(lang)()
    except (UserError, BaseExceptionGroup) as e:
        console = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
        for error in _user_errors(e):
            console.print(error.text(lang))
        sys.exit(1)


def _user_errors(error: BaseException) -> Iterator[UserError]:
    """What a person can mend, out of the groups that tasks side by side raise. Raises `error` where there is more."""
    match error:
        case UserError():
            yield error
        case BaseExceptionGroup(exceptions=inner) if error.split(UserError)[1] is None:
            for each in inner:
                yield from _user_errors(each)
        case _:
            raise error


def build_app(lang: Lang) -> typer.Typer:
    """All commands, their help in `lang`, each with examples."""
    app = typer.Typer(
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="markdown",
        help=say("megane.help", lang),
    )
    commands: dict[str, Callable[..., None]] = {
        "up": up,
        "demo": demo,
        "replay": replay,
        "check": check,
        "schema": schema,
        "version": version,
    }
    for name, command in commands.items():
        app.command(name, help=say(f"megane.help-{name}", lang))(command)
    app.command("backtest", help=say("backtest.help", lang))(backtest)
    app.command("tune", help=say("tune.help", lang))(tune)
    of_rules: dict[str, Callable[..., None]] = {
        "test": rules_test,
        "reload": rules_reload,
        "reference": rules_reference,
    }
    app.add_typer(_group(lang, "rules", of_rules), name="rules")
    app.add_typer(
        _group(lang, "quarantine", {"list": quarantine_list, "show": quarantine_show, "resend": quarantine_resend}),
        name="quarantine",
    )
    app.add_typer(_grafana(lang), name="grafana")
    for name, of_people in DECISION_COMMANDS.items():
        group = typer.Typer(no_args_is_help=True, rich_markup_mode="markdown", help=say(f"decisions.help-{name}", lang))
        for verb, command in of_people.items():
            group.command(verb, help=say(f"decisions.help-{verb}", lang))(command)
        app.add_typer(group, name=name)
    app.add_typer(_shadow(lang), name="shadow")
    more = {
        "case": CASE_COMMANDS,
        "channel": CHANNEL_COMMANDS,
        "device": DEVICE_COMMANDS,
        "playbook": PLAYBOOK_COMMANDS,
        "duty": DUTY_COMMANDS,
        "provision": PROVISION_COMMANDS,
        "security": SECURITY_COMMANDS,
    }
    for name, of_more in more.items():
        group = typer.Typer(no_args_is_help=True, rich_markup_mode="markdown", help=say(f"{name}.help", lang))
        group.callback()(lambda: None)  # or typer would take an only command for the group itself
        for verb, command in of_more.items():
            group.command(verb, help=say(f"{name}.help-{verb}", lang))(command)
        app.add_typer(group, name=name)
    for name, of_people in PEOPLE_COMMANDS.items():
        group = typer.Typer(no_args_is_help=True, rich_markup_mode="markdown", help=say(f"people.help-{name}", lang))
        for verb, command in of_people.items():
            group.command(verb, help=say(f"people.help-{name}-{verb}", lang))(command)
        app.add_typer(group, name=name)
    return app


def _shadow(lang: Lang) -> typer.Typer:
    group = typer.Typer(no_args_is_help=True, rich_markup_mode="markdown", help=say("backtest.shadow-help", lang))
    group.callback()(lambda: None)  # or typer would take the only command for the group itself
    group.command("report", help=say("backtest.shadow-report-help", lang))(shadow_report)
    return group


def _grafana(lang: Lang) -> typer.Typer:
    group = typer.Typer(no_args_is_help=True, rich_markup_mode="markdown", help=say("grafana.help", lang))
    group.command("push", help=say("grafana.help-push", lang))(grafana_push)
    group.command("write", help=say("grafana.help-write", lang))(grafana_write)
    return group


def _group(lang: Lang, name: str, commands: Mapping[str, Callable[..., None]]) -> typer.Typer:
    group = typer.Typer(no_args_is_help=True, rich_markup_mode="markdown", help=say(f"megane.help-{name}", lang))
    for verb, command in commands.items():
        group.command(verb, help=say(f"megane.help-{name}-{verb}", lang))(command)
    return group


def up(
    home: Home = None,
    city: City = None,
    settings: SettingsFile = None,
    mqtt_port: Annotated[int | None, typer.Option(help=both("megane.option-mqtt-port"))] = None,
    http_port: Annotated[int | None, typer.Option(help=both("megane.option-http-port"))] = None,
    broker: Annotated[bool | None, typer.Option("--broker/--no-broker", help=both("megane.option-broker"))] = None,
    mqtt_url: Annotated[str | None, typer.Option(help=both("megane.option-mqtt-url"))] = None,
) -> None:
    """Runs a city."""
    from megane.up import run_up

    overrides = {
        "home": str(home) if home else None,
        "city": str(city) if city else None,
        "mqtt.port": mqtt_port,
        "http.port": http_port,
        "mqtt.broker": broker,
        "mqtt.url": mqtt_url,
    }
    run_up(load_settings(settings, os.environ, overrides), language(os.environ))


def demo(
    duration: Annotated[str | None, typer.Option("--for", help=both("megane.option-for"))] = None,
    span: Annotated[str | None, typer.Option(help=both("megane.option-span"))] = None,
    scenario: Annotated[str, typer.Option(help=both("megane.option-scenario"))] = "river-flood",
    speed: Annotated[float | None, typer.Option(help=both("megane.option-speed"))] = None,
    http_port: Annotated[int | None, typer.Option(help=both("megane.option-http-port"))] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help=both("megane.option-browser"))] = True,
    store: Annotated[str, typer.Option(help=both("megane.option-store"))] = "duckdb",
    store_url: Annotated[str | None, typer.Option(help=both("megane.option-store-url"))] = None,
    whole: Annotated[bool, typer.Option("--whole", help=both("megane.option-whole"))] = False,
    json_output: Json = False,
) -> None:
    """Runs a scenario through the whole path."""
    from megane.demo import run_demo
    from megane.demo_plan import DemoPlan

    for_s = duration_s(duration) if duration else None
    run_demo(
        DemoPlan(
            scenario,
            for_s,
            speed,
            http_port,
            browser and not json_output,
            json_output,
            store=store,
            store_url=store_url,
            span_s=duration_s(span) if span else None,
            whole=whole,
        ),
        language(os.environ),
    )


def replay(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help=both("megane.option-replay-dir"))],
    rules: Annotated[Path | None, typer.Option(help=both("megane.option-replay-rules"))] = None,
    form: Annotated[str, typer.Option("--format", help=both("megane.option-format"))] = "fukui-river",
    start: Annotated[str | None, typer.Option("--from", help=both("megane.option-from"))] = None,
    end: Annotated[str | None, typer.Option("--to", help=both("megane.option-to"))] = None,
    json_output: Json = False,
) -> None:
    """Runs readings of the past through validation and rules."""
    from megane.replay import run_replay

    run_replay(folder, form, rules, start, end, as_json=json_output, lang=language(os.environ))


def check(city: City = None, settings: SettingsFile = None, json_output: Json = False) -> None:
    """Looks a city's files over."""
    from megane.check import run_check

    chosen = chosen_settings(settings, None, city)
    run_check(chosen, as_json=json_output, lang=language(os.environ))


def rules_test(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help=both("megane.option-rules-path"))],
    city: City = None,
    json_output: Json = False,
) -> None:
    """Runs the tests in rule files, and rule scripts."""
    from megane.rules_test import run_rules_test

    run_rules_test(paths, city, as_json=json_output, lang=language(os.environ))


def rules_reload(home: Home = None, json_output: Json = False) -> None:
    """Brings new rules into force in a running city."""
    from megane.rules_reload import run_reload

    run_reload(home or DEFAULT_HOME, as_json=json_output, lang=language(os.environ))


def rules_reference() -> None:
    """Prints the reference of the rule language."""
    from alerts.reference import reference

    typer.echo(reference(language(os.environ)), nl=False)


def quarantine_list(
    home: Home = None,
    reason: Annotated[str | None, typer.Option(help=both("megane.option-reason"))] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help=both("megane.option-limit"))] = 50,
    json_output: Json = False,
) -> None:
    """Lists what lies in the quarantine, the oldest first."""
    from megane.quarantine import run_list

    run_list(home or DEFAULT_HOME, reason, limit, as_json=json_output, lang=language(os.environ))


def quarantine_show(
    ident: Annotated[int, typer.Argument(metavar="ID", help=both("megane.option-quarantine-id"))],
    home: Home = None,
    json_output: Json = False,
) -> None:
    """Shows one piece with its payload."""
    from megane.quarantine import run_show

    run_show(home or DEFAULT_HOME, ident, as_json=json_output, lang=language(os.environ))


def quarantine_resend(
    idents: Annotated[
        list[int] | None, typer.Argument(metavar="[ID]...", help=both("megane.option-quarantine-id"))
    ] = None,
    home: Home = None,
    reason: Annotated[str | None, typer.Option(help=both("megane.option-reason"))] = None,
    device: Annotated[str | None, typer.Option(help=both("megane.option-resend-device"))] = None,
    json_output: Json = False,
) -> None:
    """Sends pieces of the quarantine through the city again."""
    from megane.quarantine import run_resend

    run_resend(home or DEFAULT_HOME, idents or [], reason, device, as_json=json_output, lang=language(os.environ))


Readings = Annotated[str, typer.Option("--readings", help=both("grafana.option-readings"))]


def grafana_push(
    url: Annotated[str, typer.Option(help=both("grafana.option-url"))] = "http://127.0.0.1:3000",
    token_file: Annotated[Path | None, typer.Option(help=both("grafana.option-token-file"))] = None,
    readings: Readings = "promql",
    city: City = None,
    settings: SettingsFile = None,
) -> None:
    """Brings the dashboards to Grafana."""
    from megane.grafana import run_push

    chosen = chosen_settings(settings, None, city)
    run_push(chosen, url, token_file, readings, lang=language(os.environ))


def grafana_write(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help=both("grafana.option-folder"))],
    readings: Readings = "promql",
    city: City = None,
    settings: SettingsFile = None,
) -> None:
    """Writes the dashboards as files."""
    from megane.grafana import run_write

    chosen = chosen_settings(settings, None, city)
    run_write(chosen, folder, readings, lang=language(os.environ))


def schema(
    kind: Annotated[str, typer.Argument(metavar="KIND", help=both("megane.option-schema"))],
) -> None:
    """Prints the JSON Schema of a kind of file."""
    from megane.schemas import SCHEMAS
    from megane.schemas import schema as schema_of

    if kind not in SCHEMAS:
        raise UserError("megane.schema-unknown", kind=kind, known=", ".join(SCHEMAS))
    typer.echo(schema_of(kind, language(os.environ)).decode(), nl=False)


def version() -> None:
    """Prints the version."""
    typer.echo(f"megane {package_version('megane')}")


def duration_s(text: str) -> float:
    """Seconds of `90s`, `10m`, `1h` or a bare number of seconds. Raises UserError for anything else."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smh]?)", text)
    if not found:
        raise UserError("megane.bad-duration", text=text)
    return float(found[1]) * {"": 1, "s": 1, "m": 60, "h": 3600}[found[2]]
