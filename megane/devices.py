"""`megane device …`: which devices there are, what each is to be, and what it is to do, told to the running city."""

import json
import secrets
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec
from rich.console import Console
from rich.table import Table

from city.errors import UserError
from city.messages import say
from city.messages.text import Lang
from megane.decide import running_city, who
from megane.local_api import LocalApi
from megane.local_time import local_time
from megane.unregistered import show_list, show_one
from megane.unregistered import unregistered as heard_only

LOOK_EVERY_S: Final = 0.2  # whether the device has answered, while a person waits
COLUMNS: Final = ("device", "state", "revision", "clock", "city-skew", "heard")
FINAL: Final = frozenset({"done", "refused", "expired"})


class DeviceError(UserError):
    """What was asked of a device cannot be done."""


class Device(msgspec.Struct, frozen=True):
    """As the API tells of it."""

    device: str
    title: dict[Lang, str]
    online: bool | None
    version: str | None
    spool_depth: int | None
    spool_hours: float | None
    clock: str | None
    skew_ms: int | None
    measured_skew_ms: int | None
    revision: int | None
    refused: str | None
    faults: dict[str, str]
    outputs: dict[str, str]
    certificate_ends: str | None
    renewal: str | None
    heard: str | None
    topics: list[str]


class _Devices(msgspec.Struct, frozen=True):
    devices: list[Device]


class _Configuration(msgspec.Struct, frozen=True):
    device: str
    revision: int


class _Command(msgspec.Struct, frozen=True):
    id: str
    device: str
    outcome: str | None
    reason: str | None
    detail: str


def run_list(home: Path | None, *, unregistered: bool, as_json: bool, lang: Lang) -> None:
    """All devices, or those that the catalog lacks. Raises NotRunningError or LocalApiError, as every command here."""
    if unregistered:
        show_list(running_city(home), as_json=as_json, lang=lang)
        return
    found = msgspec.json.decode(running_city(home).get("/v1/devices"), type=_Devices).devices
    if as_json:
        print(msgspec.json.encode(found).decode())  # noqa: T201  the command's result
        return
    table = Table(*(say(f"device.column-{name}", lang) for name in COLUMNS))
    for one in found:
        clock, skew = one.clock or "", _number(one.measured_skew_ms)
        table.add_row(one.device, _state(one, lang), _number(one.revision), clock, skew, local_time(one.heard))
    Console(soft_wrap=True).print(table)


def run_show(home: Path | None, device: str, *, as_json: bool, lang: Lang) -> None:
    """All that one device says of itself."""
    city = running_city(home)
    strangers = [one for one in heard_only(city) if one.name == device]
    if strangers:
        show_one(strangers[0], as_json=as_json, lang=lang)
        return
    one = _one(city, device)
    if as_json:
        print(msgspec.json.encode(one).decode())  # noqa: T201  the command's result
        return
    table = Table(show_header=False)
    rows: Sequence[tuple[str, object]] = [
        ("device", f"{one.device} {one.title[lang]}"),
        ("topics", ", ".join(one.topics)),
        ("state", _state(one, lang)),
        ("version", one.version),
        ("spool", one.spool_depth),
        ("spool-hours", one.spool_hours),
        ("clock", one.clock),
        ("skew", one.skew_ms),
        ("measured-skew", one.measured_skew_ms),
        ("revision", one.revision),
        ("refused", one.refused),
        *((f"fault {sensor}", reason) for sensor, reason in one.faults.items()),
        *((f"output {name}", value or "-") for name, value in one.outputs.items()),
        ("certificate", local_time(one.certificate_ends)),
        ("renewal", one.renewal),
        ("heard", local_time(one.heard)),
    ]
    for name, value in rows:
        kind, _, sensor = name.partition(" ")
        table.add_row(f"{say(f'device.column-{kind}', lang)} {sensor}".strip(), "" if value is None else str(value))
    Console(soft_wrap=True).print(table)


def run_configure(home: Path | None, device: str, file: Path, by: str | None, *, as_json: bool, lang: Lang) -> None:
    """The device is to be what stands in the file. Raises DeviceError for one that cannot be read."""
    try:
        config = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DeviceError("device.file", file=file, problem=str(error)) from None
    answer = running_city(home).put(f"/v1/devices/{device}/config", {"by": who(by), "config": config})
    if as_json:
        print(answer.decode())  # noqa: T201  the command's result
        return
    made = msgspec.json.decode(answer, type=_Configuration)
    Console(soft_wrap=True).print(say("device.configured", lang, device=device, revision=made.revision))


def run_replace(home: Path | None, device: str, *, as_json: bool, lang: Lang) -> None:
    """New hardware is to take the device's place."""

    class Made(msgspec.Struct, frozen=True):
        code: str

    answer = running_city(home).post(f"/v1/devices/{device}/replace", {})
    if as_json:
        print(answer.decode())  # noqa: T201  the command's result
        return
    code = msgspec.json.decode(answer, type=Made).code
    Console(soft_wrap=True, highlight=False).print(say("device.replaced", lang, device=device, code=code))


def run_command(
    home: Path | None,
    device: str,
    name: str,
    arguments: Sequence[str],
    by: str | None,
    within_s: float,
    *,
    as_json: bool,
    lang: Lang,
) -> None:
    """The device is to do it; waits for what becomes of it. Raises DeviceError where it did not."""
    city, key = running_city(home), secrets.token_hex(8)
    body = {"by": who(by), "name": name, "arguments": dict(map(_argument, arguments)), "within_s": within_s}
    found = msgspec.json.decode(city.post(f"/v1/devices/{device}/commands", body, key), type=_Command)
    while found.outcome not in FINAL:
        time.sleep(LOOK_EVERY_S)
        found = _command(city, device, found.id)
    if as_json:
        print(msgspec.json.encode(found).decode())  # noqa: T201  the command's result
    if found.outcome != "done":
        why = say(f"device.why-{found.reason or found.outcome}", lang)
        raise DeviceError("device.not-done", device=device, name=name, why=why, detail=found.detail)
    if not as_json:
        Console(soft_wrap=True).print(say("device.done", lang, device=device, name=name, detail=found.detail))


def _command(city: LocalApi, device: str, ident: str) -> _Command:
    class Commands(msgspec.Struct, frozen=True):
        commands: list[_Command]

    found = msgspec.json.decode(city.get(f"/v1/devices/{device}/commands"), type=Commands).commands
    return next(one for one in found if one.id == ident)


def topics_of(city: LocalApi, device: str) -> Sequence[str]:
    """Filters of what the device sends. Raises DeviceError for one that is none of the catalog's."""
    return _one(city, device).topics


def _one(city: LocalApi, device: str) -> Device:
    found = msgspec.json.decode(city.get("/v1/devices"), type=_Devices).devices
    one = next((one for one in found if one.device == device), None)
    if one is None:
        raise DeviceError("device.unknown", device=device)
    return one


def _argument(written: str) -> tuple[str, object]:
    """`name=value`, a value as JSON where it is some. Raises DeviceError for anything else."""
    name, equals, text = written.partition("=")
    if not equals or not name:
        raise DeviceError("device.argument", found=written)
    try:
        value = json.loads(text)
    except ValueError:
        value = text
    return name, value if isinstance(value, bool | int | float | str) else text


def _state(one: Device, lang: Lang) -> str:
    state = {True: "online", False: "offline", None: "never"}[one.online]
    return say(f"device.{state}", lang)


def _number(value: int | None) -> str:
    return "" if value is None else str(value)
