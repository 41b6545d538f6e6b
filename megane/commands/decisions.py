"""`megane alerts …` and `megane silence …`, and what they take."""

from collections.abc import Callable, Mapping
from typing import Annotated, Final

import typer

from city.decision import ClosingReason
from megane.commands.options import Home, Json, both, language

Alerts = Annotated[
    list[str], typer.Argument(metavar="RULE SUBJECT [RULE SUBJECT]...", help=both("decisions.option-alerts"))
]
Raised = Annotated[str | None, typer.Option("--raised", help=both("decisions.option-raised"))]
By = Annotated[str | None, typer.Option("--by", help=both("decisions.option-by"))]
Words = Annotated[str, typer.Option("--text", help=both("decisions.option-text"))]
Key = Annotated[str | None, typer.Option("--key", help=both("decisions.option-key"))]


def ack(
    alerts: Alerts,
    text: Words = "",
    by: By = None,
    raised: Raised = None,
    key: Key = None,
    home: Home = None,
    json_output: Json = False,
) -> None:
    """Acknowledges alerts."""
    from megane.decide import About, pairs_of, run_decide

    about = About(pairs_of(alerts), raised, by, text)
    run_decide(home, "acknowledge", about, {}, key, as_json=json_output, lang=language())


def assign(
    alerts: Alerts,
    to: Annotated[str, typer.Option("--to", help=both("decisions.option-assignee"))],
    text: Words = "",
    by: By = None,
    raised: Raised = None,
    key: Key = None,
    home: Home = None,
    json_output: Json = False,
) -> None:
    """Says who takes care of alerts."""
    from megane.decide import About, pairs_of, run_decide

    about = About(pairs_of(alerts), raised, by, text)
    run_decide(home, "assign", about, {"to": to}, key, as_json=json_output, lang=language())


def comment(
    alerts: Annotated[
        list[str],
        typer.Argument(metavar="RULE SUBJECT [RULE SUBJECT]... TEXT", help=both("decisions.option-alerts-text")),
    ],
    by: By = None,
    raised: Raised = None,
    key: Key = None,
    home: Home = None,
    json_output: Json = False,
) -> None:
    """Puts words beside alerts."""
    from megane.decide import About, pairs_of, run_decide

    *words, text = alerts
    about = About(pairs_of(words), raised, by, text)
    run_decide(home, "comment", about, {}, key, as_json=json_output, lang=language())


def close(
    alerts: Alerts,
    reason: Annotated[ClosingReason, typer.Option("--reason", help=both("decisions.option-reason"))],
    text: Words = "",
    by: By = None,
    raised: Raised = None,
    key: Key = None,
    home: Home = None,
    json_output: Json = False,
) -> None:
    """Closes alerts for a reason."""
    from megane.decide import About, pairs_of, run_decide

    about = About(pairs_of(alerts), raised, by, text)
    run_decide(home, "close", about, {"reason": reason.value}, key, as_json=json_output, lang=language())


def silence_add(
    rules: Annotated[list[str] | None, typer.Option("--rule", help=both("decisions.option-rule"))] = None,
    subjects: Annotated[list[str] | None, typer.Option("--subject", help=both("decisions.option-subject"))] = None,
    areas: Annotated[list[str] | None, typer.Option("--area", help=both("decisions.option-area"))] = None,
    severity: Annotated[
        int | None, typer.Option("--severity", min=1, max=5, help=both("decisions.option-severity"))
    ] = None,
    start: Annotated[str | None, typer.Option("--from", help=both("decisions.option-from"))] = None,
    end: Annotated[str | None, typer.Option("--to", help=both("decisions.option-to"))] = None,
    duration: Annotated[str | None, typer.Option("--for", help=both("decisions.option-for"))] = None,
    schedule: Annotated[str, typer.Option("--schedule", help=both("decisions.option-schedule"))] = "",
    text: Words = "",
    by: By = None,
    key: Key = None,
    home: Home = None,
    json_output: Json = False,
) -> None:
    """Silences alerts."""
    from megane.silence import Wanted, run_add

    wanted = Wanted(rules or [], subjects or [], areas or [], severity, start, end, duration, schedule, by, text)
    run_add(home, wanted, key, as_json=json_output, lang=language())


def silence_list(
    over: Annotated[bool, typer.Option("--all", help=both("decisions.option-all"))] = False,
    home: Home = None,
    json_output: Json = False,
) -> None:
    """Lists silences."""
    from megane.silence import run_list

    run_list(home, over=over, as_json=json_output, lang=language())


def silence_lift(
    idents: Annotated[list[str], typer.Argument(metavar="ID...", help=both("decisions.column-id"))],
    text: Words = "",
    by: By = None,
    key: Key = None,
    home: Home = None,
    json_output: Json = False,
) -> None:
    """Lifts silences."""
    from megane.silence import run_lift

    run_lift(home, idents, by, text, key, as_json=json_output, lang=language())


DECISION_COMMANDS: Final[Mapping[str, Mapping[str, Callable[..., None]]]] = {
    "alerts": {"ack": ack, "assign": assign, "comment": comment, "close": close},
    "silence": {"add": silence_add, "list": silence_list, "lift": silence_lift},
}
