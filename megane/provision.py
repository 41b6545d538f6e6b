"""`megane provision …`: codes for devices, certificates, and their end, told to the running city."""

from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from city.messages import say
from city.messages.text import Lang
from megane.decide import running_city
from megane.local_time import local_time


class _Code(msgspec.Struct, frozen=True):
    device: str
    code: str


class _Revoked(msgspec.Struct, frozen=True):
    device: str
    count: int


class _Certificate(msgspec.Struct, frozen=True):
    device: str
    serial: str
    issued: str
    ends: str
    revoked: str | None


class _Certificates(msgspec.Struct, frozen=True):
    certificates: list[_Certificate]


def run_code(home: Path | None, device: str, *, as_json: bool, lang: Lang) -> None:
    """A code for a device. Raises NotRunningError or LocalApiError, as every command here."""
    answer = running_city(home).post(f"/v1/devices/{device}/code", {})
    made = msgspec.json.decode(answer, type=_Code)
    _print(answer, say("provision.made", lang, device=device, code=made.code), as_json=as_json)


def run_revoke(home: Path | None, device: str, *, as_json: bool, lang: Lang) -> None:
    """The device is out."""
    answer = running_city(home).post(f"/v1/devices/{device}/revoke", {})
    made = msgspec.json.decode(answer, type=_Revoked)
    _print(answer, say("provision.revoked", lang, device=device, count=made.count), as_json=as_json)


def run_list(home: Path | None, *, as_json: bool, lang: Lang) -> None:
    """All certificates."""
    answer = running_city(home).get("/v1/certificates")
    if as_json:
        print(answer.decode())  # noqa: T201  the command's result
        return
    columns = ("device", "serial", "issued", "ends", "revoked")
    table = Table(*(say(f"provision.column-{name}", lang) for name in columns))
    for one in msgspec.json.decode(answer, type=_Certificates).certificates:
        times = (local_time(moment) for moment in (one.issued, one.ends, one.revoked))
        table.add_row(one.device, one.serial, *times)
    Console(soft_wrap=True).print(table)


def _print(answer: bytes, text: str, *, as_json: bool) -> None:
    if as_json:
        print(answer.decode())  # noqa: T201  the command's result
    else:
        Console(soft_wrap=True, highlight=False, markup=False).print(text)
