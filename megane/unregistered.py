"""Devices heard but not registered: listed, each with what may be pasted into the catalog for it."""

from collections.abc import Sequence

import msgspec
from rich.console import Console
from rich.table import Table

from city.messages import say
from city.messages.text import Lang
from megane.local_api import LocalApi
from megane.local_time import local_time

SHOWN_SAMPLES = 4  # in a line of the list; all that are told stand in the draft


class Sample(msgspec.Struct, frozen=True):
    """A value that a device sent."""

    at: list[str]
    value: float | None
    unit: str | None


class Unregistered(msgspec.Struct, frozen=True):
    """As the API tells of it."""

    name: str
    form: str
    topics: list[str]
    first_heard: str
    last_heard: str
    pieces: int
    samples: list[Sample]
    draft: str


class _Devices(msgspec.Struct, frozen=True):
    devices: list[Unregistered]


def unregistered(city: LocalApi) -> Sequence[Unregistered]:
    """All of them. Raises LocalApiError."""
    return msgspec.json.decode(city.get("/v1/devices/unregistered"), type=_Devices).devices


def show_list(city: LocalApi, *, as_json: bool, lang: Lang) -> None:
    """`megane device list --unregistered`."""
    found = unregistered(city)
    if as_json:
        print(msgspec.json.encode(found).decode())  # noqa: T201  the command's result
        return
    console = Console(soft_wrap=True, markup=False, highlight=False)
    if not found:
        console.print(say("device.none-unregistered", lang))
        return
    columns = ("device", "form", "first-heard", "heard", "pieces", "samples")
    table = Table(box=None)
    for name in columns:  # names are to be copied: they are folded, never cut
        table.add_column(say(f"device.column-{name}", lang), overflow="fold")
    for one in found:
        times = (local_time(one.first_heard), local_time(one.last_heard))
        table.add_row(one.name, one.form, *times, str(one.pieces), _samples(one))
    console.print(table)
    console.print(say("device.how-to-register", lang, device=found[0].name))


def show_one(one: Unregistered, *, as_json: bool, lang: Lang) -> None:
    """`megane device show` of a device that the catalog does not have."""
    if as_json:
        print(msgspec.json.encode(one).decode())  # noqa: T201  the command's result
        return
    console = Console(soft_wrap=True, markup=False, highlight=False)
    console.print(
        say(
            "device.is-unregistered",
            lang,
            device=one.name,
            topics=", ".join(one.topics),
            first=local_time(one.first_heard),
            last=local_time(one.last_heard),
            pieces=one.pieces,
        )
    )
    console.print(one.draft, end="")


def _samples(one: Unregistered) -> str:
    told = [f"{'.'.join(sample.at)}={_value(sample)}" for sample in one.samples[:SHOWN_SAMPLES]]
    return ", ".join(told) + (" …" if len(one.samples) > SHOWN_SAMPLES else "")


def _value(sample: Sample) -> str:
    value = "null" if sample.value is None else f"{sample.value:g}"
    return value if sample.unit is None else f"{value} {sample.unit}"
