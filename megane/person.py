"""`megane person …`: people and their offices, told to the running city."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from city.errors import UserError
from city.messages import say
from city.messages.text import Lang
from city.right import Role
from megane.decide import running_city
from megane.local_api import LocalApi
from megane.local_time import local_time


class PersonError(UserError):
    """What was written on the command line cannot be."""


class _Office(msgspec.Struct, frozen=True):
    role: str
    unit: str


class _Person(msgspec.Struct, frozen=True):
    id: str
    login: str
    name: str
    mail: str | None
    offices: list[_Office]
    disabled: str | None
    can_sign_in: bool


class _People(msgspec.Struct, frozen=True):
    people: list[_Person]


class _Linked(msgspec.Struct, frozen=True):
    person: _Person
    path: str


def run_list(home: Path | None, *, as_json: bool, lang: Lang) -> None:
    """Everybody. Raises NotRunningError or LocalApiError, as every command here."""
    answer = running_city(home).get("/v1/people")
    if as_json:
        print(answer.decode())  # noqa: T201  the command's result
        return
    table = Table(*(say(f"people.column-{name}", lang) for name in ("login", "person", "offices", "disabled")))
    for one in msgspec.json.decode(answer, type=_People).people:
        offices = "\n".join(f"{say(f'access.role.{each.role}', lang)} {each.unit}" for each in one.offices)
        table.add_row(one.login, one.name, offices, local_time(one.disabled))
    Console().print(table)


def run_add(
    home: Path | None, login: str, name: str, mail: str | None, offices: Sequence[str], *, as_json: bool, lang: Lang
) -> None:
    """Somebody new, with a link for their password. offices: `role@unit` each, or `role` for the whole city."""
    wanted = {"login": login, "name": name, "mail": mail, "offices": [_office(text) for text in offices]}
    _print_link(running_city(home).post("/v1/people", wanted), as_json=as_json, lang=lang)


def run_link(home: Path | None, login: str, *, as_json: bool, lang: Lang) -> None:
    """A link for a new password."""
    api = running_city(home)
    _print_link(api.post(f"/v1/people/{person_id(api, login)}/link", {}), as_json=as_json, lang=lang)


def run_disable(home: Path | None, login: str, *, as_json: bool, lang: Lang) -> None:
    """They are out."""
    api = running_city(home)
    answer = api.post(f"/v1/people/{person_id(api, login)}/disable", {})
    said = say("people.disabled", lang, login=login)
    print(answer.decode() if as_json else said)  # noqa: T201  the command's result


def _office(text: str) -> dict[str, str]:
    role, _, unit = text.partition("@")
    if role not in set(Role):
        raise PersonError("people.unknown_role", role=role[:40], known=", ".join(Role))
    return {"role": role, "unit": unit}


def person_id(api: LocalApi, login: str) -> str:
    """The id of whom that user name belongs to. Raises PersonError."""
    found = msgspec.json.decode(api.get("/v1/people"), type=_People).people
    ident = next((one.id for one in found if one.login == login.casefold()), None)
    if ident is None:
        raise PersonError("people.unknown", person=login[:80])
    return ident


def _print_link(answer: bytes, *, as_json: bool, lang: Lang) -> None:
    made = msgspec.json.decode(answer, type=_Linked)
    said = say("people.link-made", lang, name=made.person.name, path=made.path)
    print(answer.decode() if as_json else said)  # noqa: T201  the command's result
