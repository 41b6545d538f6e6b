"""`megane security list`: what was refused, asked of the running city."""

from pathlib import Path

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from city.errors import UserError
from city.messages import say
from city.messages.text import Lang
from city.security_event import SecurityKind
from megane.decide import running_city
from megane.local_time import local_time


class SecurityKindError(UserError):
    """There is no such kind."""


class _Event(msgspec.Struct, frozen=True):
    text: dict[Lang, str]
    device: str | None
    count: int
    last: str
    detail: str


class _Events(msgspec.Struct, frozen=True):
    events: list[_Event]


def run_list(home: Path | None, kind: str | None, device: str | None, limit: int, *, as_json: bool, lang: Lang) -> None:
    """The newest first. Raises SecurityKindError, NotRunningError or LocalApiError."""
    if kind is not None and kind not in set(SecurityKind):
        raise SecurityKindError("security.unknown-kind", kind=kind, known=", ".join(SecurityKind))
    query: dict[str, str | int] = {"limit": limit}
    query |= {name: value for name, value in (("kind", kind), ("device", device)) if value is not None}
    answer = running_city(home).get("/v1/security-events", **query)
    if as_json:
        print(answer.decode())  # noqa: T201  the command's result
        return
    console = Console(soft_wrap=True)
    events = msgspec.json.decode(answer, type=_Events).events
    if not events:
        console.print(say("security.none", lang))
        return
    table = Table(*(say(f"security.column-{name}", lang) for name in ("last", "kind", "device", "count", "detail")))
    for one in events:
        # What others wrote is shown as it is: no markup of theirs counts.
        table.add_row(
            local_time(one.last), one.text[lang], escape(one.device or ""), str(one.count), escape(one.detail)
        )
    console.print(table)
