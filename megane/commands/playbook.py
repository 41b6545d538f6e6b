"""`megane playbook …`, and what its commands take."""

from collections.abc import Callable, Mapping
from typing import Annotated, Final

import typer

from megane.commands.options import City, Json, SettingsFile, both, chosen_settings, language

PlaybookId = Annotated[str, typer.Argument(metavar="ID", help=both("playbook.option-id"))]


def playbook_list(city: City = None, settings: SettingsFile = None, json_output: Json = False) -> None:
    """Lists playbooks."""
    from megane.playbooks import run_list

    run_list(chosen_settings(settings, None, city), as_json=json_output, lang=language())


def playbook_show(
    playbook: PlaybookId, city: City = None, settings: SettingsFile = None, json_output: Json = False
) -> None:
    """Shows one playbook."""
    from megane.playbooks import run_show

    run_show(chosen_settings(settings, None, city), playbook, as_json=json_output, lang=language())


def playbook_try(
    playbook: PlaybookId,
    rule: Annotated[str | None, typer.Option("--rule", help=both("playbook.option-rule"))] = None,
    subject: Annotated[str | None, typer.Option("--subject", help=both("playbook.option-subject"))] = None,
    severity: Annotated[
        int | None, typer.Option("--severity", min=1, max=5, help=both("playbook.option-severity"))
    ] = None,
    answer: Annotated[list[str] | None, typer.Option("--answer", help=both("playbook.option-answer"))] = None,
    device: Annotated[list[str] | None, typer.Option("--device", help=both("playbook.option-device"))] = None,
    resolved_after: Annotated[
        str | None, typer.Option("--resolved-after", help=both("playbook.option-resolved-after"))
    ] = None,
    at: Annotated[str | None, typer.Option("--at", help=both("playbook.option-at"))] = None,
    city: City = None,
    settings: SettingsFile = None,
    json_output: Json = False,
) -> None:
    """Tries a playbook, and does nothing."""
    from megane.clocks import SystemClock
    from megane.dry_runs import Wanted, run_try

    wanted = Wanted(playbook, rule, subject, severity, answer or (), device or (), resolved_after, at)
    chosen = chosen_settings(settings, None, city)
    run_try(chosen, wanted, SystemClock().now_ms(), as_json=json_output, lang=language())


PLAYBOOK_COMMANDS: Final[Mapping[str, Callable[..., None]]] = {
    "list": playbook_list,
    "show": playbook_show,
    "try": playbook_try,
}
