"""`megane case …`, and what its commands take."""

from collections.abc import Callable, Mapping
from typing import Annotated, Final

import typer

from city.case import CaseState
from megane.commands.options import Home, Json, both, language

CaseId = Annotated[str, typer.Argument(metavar="CASE", help=both("case.option-id"))]
By = Annotated[str | None, typer.Option("--by", help=both("case.option-by"))]
Key = Annotated[str | None, typer.Option("--key", help=both("case.option-key"))]
Version = Annotated[int | None, typer.Option("--version", min=1, help=both("case.option-version"))]
Reason = Annotated[str, typer.Option("--reason", help=both("case.option-reason"))]
Words = Annotated[str, typer.Option("--text", help=both("decisions.option-text"))]
Sections = Annotated[list[str] | None, typer.Option("--section", help=both("case.option-section"))]
States = Annotated[list[CaseState] | None, typer.Option("--state", help=both("case.option-state"))]
Items = Annotated[list[str] | None, typer.Option("--item", help=both("case.option-item"))]


def case_list(
    section: Sections = None,
    state: States = None,
    assignee: Annotated[str | None, typer.Option("--assignee", help=both("case.option-assignee"))] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help=both("case.option-overdue"))] = False,
    text: Annotated[str, typer.Option("--text", help=both("case.option-search"))] = "",
    ended: Annotated[bool, typer.Option("--all", help=both("case.option-all"))] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=500, help=both("case.option-limit"))] = 100,
    home: Home = None,
    json_output: Json = False,
) -> None:
    """Lists cases."""
    from megane.cases import Sought, run_list

    sought = Sought(section or (), state or (), assignee, overdue, text, ended)
    run_list(home, sought, limit, as_json=json_output, lang=language())


def case_show(case: CaseId, home: Home = None, json_output: Json = False) -> None:
    """Shows one case."""
    from megane.cases import run_show

    run_show(home, case, as_json=json_output, lang=language())


def case_open(
    section: Annotated[str, typer.Argument(metavar="SECTION", help=both("case.option-for-section"))],
    title: Annotated[str, typer.Argument(metavar="TITLE", help=both("case.option-title"))],
    due: Annotated[str | None, typer.Option("--due", help=both("case.option-due"))] = None,
    assignee: Annotated[str | None, typer.Option("--assignee", help=both("case.option-assignee"))] = None,
    items: Items = None,
    text: Words = "",
    by: By = None,
    key: Key = None,
    home: Home = None,
    json_output: Json = False,
) -> None:
    """Opens a case."""
    from megane.cases import run_open

    new = {
        "section": section,
        "title": title,
        "due": due,
        "assignee": assignee,
        "checklist": items or [],
        "text": text,
    }
    run_open(home, new, by, key, as_json=json_output, lang=language())


def case_change(
    case: CaseId,
    title: Annotated[str | None, typer.Option("--title", help=both("case.option-title"))] = None,
    state: Annotated[CaseState | None, typer.Option("--state", help=both("case.option-to-state"))] = None,
    assignee: Annotated[str | None, typer.Option("--assignee", help=both("case.option-nobody"))] = None,
    due: Annotated[str | None, typer.Option("--due", help=both("case.option-new-due"))] = None,
    items: Items = None,
    text: Words = "",
    version: Version = None,
    by: By = None,
    key: Key = None,
    home: Home = None,
    json_output: Json = False,
) -> None:
    """Changes a case."""
    from megane.cases import Doing, run_decide

    wanted: dict[str, object] = {"text": text, "add": items or [], "title": title, "state": state}
    if assignee is not None:
        wanted["assignee"] = assignee or None
    if due is not None:
        wanted["due"] = None if due == "none" else due
    run_decide(home, case, "", wanted, Doing(by, key, version), as_json=json_output, lang=language())


def case_comment(
    case: CaseId,
    text: Annotated[str, typer.Argument(metavar="TEXT", help=both("decisions.option-text"))],
    by: By = None,
    key: Key = None,
    home: Home = None,
    json_output: Json = False,
) -> None:
    """Puts words beside a case."""
    from megane.cases import Doing, run_add

    run_add(home, case, "comments", {"text": text}, Doing(by, key), as_json=json_output, lang=language())


def case_tick(
    case: CaseId,
    item: Annotated[int, typer.Argument(metavar="ITEM", min=1, help=both("case.option-number"))],
    undo: Annotated[bool, typer.Option("--undo", help=both("case.option-undo"))] = False,
    version: Version = None,
    by: By = None,
    key: Key = None,
    home: Home = None,
    json_output: Json = False,
) -> None:
    """Ticks an item of a checklist."""
    from megane.cases import Doing, run_decide

    wanted = {"item": item, "ticked": not undo}
    run_decide(home, case, "ticks", wanted, Doing(by, key, version), as_json=json_output, lang=language())


def case_attach(
    case: CaseId,
    series: Annotated[str, typer.Argument(metavar="SERIES", help=both("case.option-series"))],
    start: Annotated[str, typer.Option("--from", help=both("case.option-from"))],
    end: Annotated[str | None, typer.Option("--to", help=both("case.option-to"))] = None,
    text: Words = "",
    by: By = None,
    key: Key = None,
    home: Home = None,
    json_output: Json = False,
) -> None:
    """Attaches readings to a case."""
    from megane.cases import Doing, run_add

    wanted = {"series": series, "from": start, "to": end, "text": text}
    run_add(home, case, "evidence", wanted, Doing(by, key), as_json=json_output, lang=language())


def case_close(
    case: CaseId,
    reason: Reason,
    left: Annotated[str, typer.Option("--left", help=both("case.option-left"))] = "",
    version: Version = None,
    by: By = None,
    key: Key = None,
    home: Home = None,
    json_output: Json = False,
) -> None:
    """Closes a case."""
    from megane.cases import Doing, run_decide

    wanted = {"reason": reason, "left": left}
    run_decide(home, case, "close", wanted, Doing(by, key, version), as_json=json_output, lang=language())


def case_reopen(
    case: CaseId,
    reason: Reason,
    version: Version = None,
    by: By = None,
    key: Key = None,
    home: Home = None,
    json_output: Json = False,
) -> None:
    """Reopens a case."""
    from megane.cases import Doing, run_decide

    run_decide(home, case, "reopen", {"reason": reason}, Doing(by, key, version), as_json=json_output, lang=language())


def case_void(
    case: CaseId,
    reason: Reason,
    version: Version = None,
    by: By = None,
    key: Key = None,
    home: Home = None,
    json_output: Json = False,
) -> None:
    """Makes a case void."""
    from megane.cases import Doing, run_decide

    run_decide(home, case, "void", {"reason": reason}, Doing(by, key, version), as_json=json_output, lang=language())


def case_export(
    csv: Annotated[bool, typer.Option("--csv", help=both("case.option-csv"))] = False,
    json_output: Annotated[bool, typer.Option("--json", help=both("case.option-json"))] = False,
    section: Sections = None,
    state: States = None,
    home: Home = None,
) -> None:
    """Writes cases out."""
    from megane.case_export import run_export
    from megane.cases import Sought

    sought = Sought(section or (), state or (), ended=True)
    run_export(home, sought, as_csv=csv, as_json=json_output, lang=language())


CASE_COMMANDS: Final[Mapping[str, Callable[..., None]]] = {
    "list": case_list,
    "show": case_show,
    "open": case_open,
    "change": case_change,
    "comment": case_comment,
    "tick": case_tick,
    "attach": case_attach,
    "close": case_close,
    "reopen": case_reopen,
    "void": case_void,
    "export": case_export,
}
