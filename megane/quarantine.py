"""`megane quarantine`: what could not be used, looked at and sent again.

The quarantine lies in the journal's file, which may be read beside a running city. Sending again goes through the city.
"""

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec
from rich.console import Console
from rich.table import Table

from city.errors import UserError
from city.messages import say
from city.messages.text import Lang
from city.quarantine import Quarantined, Reason
from city.wire.mqtt import matches
from ingest.journal.reader import Reader
from ingest.quarantine import Quarantine
from megane.city_home import CityHome
from megane.devices import topics_of
from megane.episodes import iso
from megane.local_api import LocalApi

# What the API takes in one request.
RESEND_AT_ONCE: Final = 500
COLUMNS: Final = ("id", "arrived", "reason-column", "topic", "detail")


class QuarantineError(UserError):
    """What was asked of the quarantine cannot be done."""


class Piece(msgspec.Struct, frozen=True):
    """One piece as it is printed. `payload`: text where it is text, else base64 of the bytes that are kept."""

    id: int
    arrived: str
    reason: str
    count: int
    topic: str
    detail: str
    length: int
    sha256: str
    payload: str

    @classmethod
    def of(cls, piece: Quarantined) -> "Piece":
        """The piece, told."""
        return cls(
            piece.id,
            iso(piece.arrived_ms),
            piece.reason,
            piece.count,
            piece.topic,
            piece.detail,
            piece.length,
            piece.sha256,
            _readable(piece.payload),
        )


def run_list(home: Path, reason: str | None, limit: int, *, as_json: bool, lang: Lang) -> None:
    """Prints the oldest `limit` pieces."""
    pieces = [Piece.of(piece) for piece in _open(home).pieces(_reason(reason), limit=limit)]
    if as_json:
        print(msgspec.json.encode(pieces).decode())  # noqa: T201  the command's result
        return
    table = Table(box=None)
    for column in COLUMNS:
        table.add_column(say(f"megane.quarantine-{column}", lang), overflow="fold")
    for piece in pieces:
        table.add_row(str(piece.id), piece.arrived, piece.reason, piece.topic, piece.detail)
    Console(markup=False).print(table if pieces else say("megane.quarantine-empty", lang))


def run_show(home: Path, ident: int, *, as_json: bool, lang: Lang) -> None:
    """Prints one piece with its payload. Raises QuarantineError where there is none of that number."""
    found = _open(home).piece(ident)
    if found is None:
        raise QuarantineError("megane.quarantine-unknown", id=ident)
    piece = Piece.of(found)
    if as_json:
        print(msgspec.json.encode(piece).decode())  # noqa: T201  the command's result
        return
    console = Console(markup=False, highlight=False, soft_wrap=True)
    told = (piece.id, piece.arrived, piece.reason, piece.topic, piece.detail, piece.payload)
    for column, value in zip((*COLUMNS, "payload"), told, strict=True):
        console.print(f"{say(f'megane.quarantine-{column}', lang)}: {value}")


def run_resend(
    home: Path, idents: Sequence[int], reason: str | None, device: str | None, *, as_json: bool, lang: Lang
) -> None:
    """Sends pieces through the running city again: those named, or all of a reason, of a device of the catalog."""
    if not idents and reason is None and device is None:
        raise QuarantineError("megane.quarantine-which")
    api = LocalApi(CityHome.make(home).folder)
    if not api.running():
        raise QuarantineError("megane.quarantine-not-running", home=str(home))
    topics = None if device is None else topics_of(api, device)
    wanted = list(idents) or _ids_of(_open(home), _reason(reason), topics)
    resent = 0
    for first in range(0, len(wanted), RESEND_AT_ONCE):
        body = api.post("/v1/quarantine/resend", {"ids": wanted[first : first + RESEND_AT_ONCE]})
        resent += msgspec.json.decode(body, type=dict[str, int])["resent"]
    if as_json:
        print(msgspec.json.encode({"resent": resent}).decode())  # noqa: T201  the command's result
    else:
        Console().print(say("megane.quarantine-resent", lang, count=resent))


def _open(home: Path) -> Quarantine:
    file = CityHome(home.resolve()).journal
    if not file.exists():
        raise QuarantineError("megane.no-city-there", home=str(home))
    return Quarantine(Reader(file))


def _reason(text: str | None) -> Reason | None:
    if text is None:
        return None
    try:
        return Reason(text)
    except ValueError as e:
        raise QuarantineError("megane.quarantine-reason", reason=text, known=", ".join(Reason)) from e


def _ids_of(quarantine: Quarantine, reason: Reason | None, topics: Sequence[str] | None) -> list[int]:
    """Those that lie there now, oldest first: what comes back is not sent once more."""
    ids: list[int] = []
    last = 0
    while found := quarantine.pieces(reason, after=last, limit=RESEND_AT_ONCE):
        last = found[-1].id
        ids += [piece.id for piece in found if topics is None or any(matches(topic, piece.topic) for topic in topics)]
    return ids


def _readable(payload: bytes) -> str:
    try:
        return payload.decode()
    except UnicodeDecodeError:
        return "base64:" + base64.b64encode(payload).decode()
