"""`megane token …`, `megane person …`, `megane audit …`, and what their commands take."""

from collections.abc import Callable, Mapping
from typing import Annotated, Final

import typer

from city.right import Scope
from megane.commands.options import Home, Json, both, language

TokenId = Annotated[str, typer.Argument(metavar="ID", help=both("people.option-token"))]
Login = Annotated[str, typer.Argument(metavar="LOGIN", help=both("people.option-login"))]


def token_create(
    home: Home = None,
    scope: Annotated[Scope, typer.Option("--scope", help=both("people.option-scope"))] = Scope.READ,
    name: Annotated[str | None, typer.Option("--name", help=both("people.option-name"))] = None,
    days: Annotated[int, typer.Option("--days", help=both("people.option-days"))] = 365,
    json_output: Json = False,
) -> None:
    """Makes a token."""
    from megane.token import run_create

    run_create(home, scope, name, days, as_json=json_output, lang=language())


def token_list(home: Home = None, json_output: Json = False) -> None:
    """Lists tokens."""
    from megane.token import run_list

    run_list(home, as_json=json_output, lang=language())


def token_revoke(ident: TokenId, home: Home = None, json_output: Json = False) -> None:
    """Revokes a token."""
    from megane.token import run_revoke

    run_revoke(home, ident, as_json=json_output, lang=language())


def person_list(home: Home = None, json_output: Json = False) -> None:
    """Lists people."""
    from megane.person import run_list

    run_list(home, as_json=json_output, lang=language())


def person_add(
    login: Login,
    name: Annotated[str, typer.Option("--name", help=both("people.option-person-name"))],
    mail: Annotated[str | None, typer.Option("--mail", help=both("people.option-mail"))] = None,
    office: Annotated[list[str] | None, typer.Option("--office", help=both("people.option-office"))] = None,
    home: Home = None,
    json_output: Json = False,
) -> None:
    """Adds a person."""
    from megane.person import run_add

    run_add(home, login, name, mail, office or [], as_json=json_output, lang=language())


def person_link(login: Login, home: Home = None, json_output: Json = False) -> None:
    """Makes a link for a new password."""
    from megane.person import run_link

    run_link(home, login, as_json=json_output, lang=language())


def person_disable(login: Login, home: Home = None, json_output: Json = False) -> None:
    """Disables a person."""
    from megane.person import run_disable

    run_disable(home, login, as_json=json_output, lang=language())


def audit_verify(
    home: Home = None,
    expect: Annotated[str | None, typer.Option("--expect", help=both("people.option-expect"))] = None,
    json_output: Json = False,
) -> None:
    """Verifies the audit log."""
    from megane.audit import run_verify

    run_verify(home, expect, as_json=json_output, lang=language())


def audit_list(
    home: Home = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help=both("people.option-limit"))] = 50,
    json_output: Json = False,
) -> None:
    """Shows the newest lines."""
    from megane.audit import run_list

    run_list(home, limit, as_json=json_output, lang=language())


PEOPLE_COMMANDS: Final[Mapping[str, Mapping[str, Callable[..., None]]]] = {
    "token": {"create": token_create, "list": token_list, "revoke": token_revoke},
    "person": {"list": person_list, "add": person_add, "link": person_link, "disable": person_disable},
    "audit": {"verify": audit_verify, "list": audit_list},
}
