"""`megane duty …`: who is on duty, told to the running city."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec
from rich.console import Console
from rich.table import Table

from city.errors import UserError
from city.messages import say
from city.messages.text import Lang
from city.right import Role
from megane.decide import running_city
from megane.episodes import TOKYO
from megane.local_time import local_time
from megane.person import person_id

COLUMNS: Final = ("from", "until", "id", "role", "person")
WHOLE: Final = frozenset({"from", "until", "id"})


class DutyTimeError(UserError):
    """What was written on the command line is no time."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to stand in the roster, as it was asked for: people by user name, times as people write them."""

    login: str
    role: Role
    unit: str
    start: str
    end: str
    in_place_of: str | None
    weeks: int


class _Duty(msgspec.Struct, frozen=True):
    id: str
    name: str
    role: Role
    unit: str
    from_: str = msgspec.field(name="from")
    to: str
    in_place_of_name: str | None


class _Duties(msgspec.Struct, frozen=True):
    duties: list[_Duty]


def run_list(home: Path | None, start: str | None, end: str | None, *, as_json: bool, lang: Lang) -> None:
    """The roster. Raises NotRunningError or LocalApiError, as every command here."""
    span = {name: _moment(text) for name, text in (("from", start), ("to", end)) if text is not None}
    answer = running_city(home).get("/v1/duty", **span)
    if as_json:
        print(answer.decode())  # noqa: T201  the command's result
        return
    duties = msgspec.json.decode(answer, type=_Duties).duties
    if not duties:
        print(say("duty.none", lang))  # noqa: T201  the command's result
        return
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in COLUMNS:
        # What is copied into the next command stands whole, however narrow the window.
        table.add_column(say(f"duty.column-{name}", lang), no_wrap=name in WHOLE, overflow="fold")
    for one in duties:
        post = f"{one.unit or say('access.page.city', lang)} {say(f'access.role.{one.role}', lang)}"
        away = "" if one.in_place_of_name is None else say("access.duty.for", lang, name=one.in_place_of_name)
        times = (local_time(one.from_)[:-3], local_time(one.to)[:-3])  # without the seconds
        table.add_row(*times, one.id, post, f"{one.name} {away}".rstrip())
    Console().print(table)


def run_add(home: Path | None, wanted: Wanted, *, as_json: bool, lang: Lang) -> None:
    """One more entry, in each of so many weeks."""
    times = {"from": _moment(wanted.start), "to": _moment(wanted.end)}
    api = running_city(home)
    body = {
        "person": person_id(api, wanted.login),
        "role": wanted.role,
        "unit": wanted.unit,
        **times,
        "in_place_of": None if wanted.in_place_of is None else person_id(api, wanted.in_place_of),
        "weeks": wanted.weeks,
    }
    answer = api.post("/v1/duty", body)
    ids = [one.id for one in msgspec.json.decode(answer, type=_Duties).duties]
    said = say("duty.added", lang, count=len(ids), ids=", ".join(ids))
    print(answer.decode() if as_json else said)  # noqa: T201  the command's result


def run_remove(home: Path | None, ident: str, *, as_json: bool, lang: Lang) -> None:
    """It stands there no more."""
    answer = running_city(home).post(f"/v1/duty/{ident}/remove", {})
    print(answer.decode() if as_json else say("duty.removed", lang, id=ident))  # noqa: T201  the command's result


def _moment(text: str) -> str:
    """ISO 8601 with its offset; of a time without one, Japan's."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as e:
        raise DutyTimeError("duty.time", given=text[:64]) from e
    return (moment if moment.tzinfo else moment.replace(tzinfo=TOKYO)).isoformat()
