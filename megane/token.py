"""`megane token …`: keys for programs. Through the city where it runs; else in its database."""

import getpass
from pathlib import Path
from typing import Final

import msgspec
from rich.console import Console
from rich.table import Table

from administration.people.tokens import Tokens
from api.admission import SOCKET
from api.routes.people import TokenMade, token_shown
from city.messages import say
from city.messages.text import Lang
from city.right import Scope
from megane.audit import city_database
from megane.clocks import SystemClock
from megane.decide import running_city
from megane.local_api import LocalApi
from megane.local_time import local_time

DEFAULT_NAME: Final = "megane token create"


class _Token(msgspec.Struct, frozen=True):
    id: str
    name: str
    scope: str
    made: str
    by: str
    ends: str
    revoked: str | None
    used: str | None


class _Made(msgspec.Struct, frozen=True):
    token: str
    about: _Token


class _Tokens(msgspec.Struct, frozen=True):
    tokens: list[_Token]


def run_create(home: Path | None, scope: Scope, name: str | None, days: int, *, as_json: bool, lang: Lang) -> None:
    """A new token, shown once. Raises a UserError for what cannot be."""
    wanted = {"name": (name or f"{DEFAULT_NAME} ({getpass.getuser()})")[:64], "scope": scope.value, "days": days}
    folder = (home or Path("home")).resolve()
    api = LocalApi(folder)
    answer = api.post("/v1/tokens", wanted) if api.running() else _made_at_rest(folder, scope, wanted["name"], days)
    if as_json:
        print(answer.decode())  # noqa: T201  the command's result
        return
    made = msgspec.json.decode(answer, type=_Made)
    about = made.about
    ends = local_time(about.ends)
    told = say("people.token-made", lang, token=made.token, name=about.name, scope=about.scope, ends=ends)
    print(told)  # noqa: T201  the command's result


def run_list(home: Path | None, *, as_json: bool, lang: Lang) -> None:
    """Every token of the running city."""
    answer = running_city(home).get("/v1/tokens")
    if as_json:
        print(answer.decode())  # noqa: T201  the command's result
        return
    found = msgspec.json.decode(answer, type=_Tokens).tokens
    if not found:
        print(say("people.no-tokens", lang))  # noqa: T201  the command's result
        return
    columns = ("id", "name", "scope", "made", "ends", "used", "revoked")
    table = Table(*(say(f"people.column-{name}", lang) for name in columns))
    for one in found:
        times = (local_time(moment) for moment in (one.made, one.ends, one.used, one.revoked))
        table.add_row(one.id, one.name, one.scope, *times)
    Console().print(table)


def run_revoke(home: Path | None, ident: str, *, as_json: bool, lang: Lang) -> None:
    """It opens nothing any more."""
    answer = running_city(home).post(f"/v1/tokens/{ident}/revoke", {})
    one = msgspec.json.decode(answer, type=_Token)
    said = say("people.token-revoked", lang, id=one.id, name=one.name)
    print(answer.decode() if as_json else said)  # noqa: T201  the command's result


def _made_at_rest(folder: Path, scope: Scope, name: object, days: int) -> bytes:
    """In the database of a city that does not run: what the API would have answered."""
    with city_database(folder, make=True) as database:
        made, secret = Tokens(database, database, SystemClock()).make(str(name), scope, days, SOCKET)
    return TokenMade(token=secret, about=token_shown(made)).model_dump_json().encode()
