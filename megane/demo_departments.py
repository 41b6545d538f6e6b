"""The departments of a demo: one small server that takes every webhook, checks its signature and notes it."""

import asyncio
import hmac
import secrets
import socket
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from administration.ports import Address
from administration.signature import PREFIX, Secret, signed_headers
from city.catalog import Catalog
from city.messages.text import Lang, Text
from megane.addresses import SettingsAddresses

ABOUT_ALERTS: Final = "jp.megane.alert."
SECRET_BYTES: Final = 32  # Standard Webhooks: 24 to 64


class Words(msgspec.Struct, frozen=True):
    """A text in both languages."""

    ja: str
    en: str

    def of(self, lang: Lang) -> str:
        """The text in `lang`."""
        return Text(self.ja, self.en).of(lang)


class Basis(msgspec.Struct, frozen=True):
    """The reading that an event rests on."""

    series: str
    time: datetime | None


class Told(msgspec.Struct, frozen=True):
    """What a demo reads of an event's `data`."""

    rule: str
    title: Words
    state: str
    subject: str
    subject_title: Words
    at: datetime
    evidence: Basis


class Envelope(msgspec.Struct, frozen=True):
    """What kind of event a CloudEvent is."""

    type: str


class Event(msgspec.Struct, frozen=True):
    """What a demo reads of a CloudEvent about an alert."""

    id: str
    data: Told


@dataclass(frozen=True, slots=True)
class Receipt:
    """One webhook as it came in: to which endpoint, what, and when by the steady clock (seconds)."""

    endpoint: str
    key: str
    event: Event
    at_s: float


class Departments:
    """Every endpoint of the catalog, under one port of the loopback.

    receipts: the webhooks about alerts that came in, by `webhook-id`, each once; what is told of an incident itself is
        taken too
    refused: how many were not signed as they should be
    titles: endpoint → the department whose it is
    """

    def __init__(
        self, catalog: Catalog, steady_s: Callable[[], float], on_receipt: Callable[[Receipt], None] = lambda _: None
    ) -> None:
        """Takes a free port; `steady_s` is a steady clock (seconds), `on_receipt` is told of every new webhook."""
        self.receipts: dict[str, Receipt] = {}
        self.refused = 0
        self._steady_s = steady_s
        self._on_receipt = on_receipt
        self._secret = Secret.parse(PREFIX + b64encode(secrets.token_bytes(SECRET_BYTES)).decode(), origin="demo")
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.titles = {e.id: d.title for d in catalog.departments.values() for e in d.endpoints}

    def addresses(self) -> SettingsAddresses:
        """Where each endpoint is."""
        port = self._socket.getsockname()[1]
        return SettingsAddresses(
            {name: Address(f"http://127.0.0.1:{port}/{name}", (self._secret,)) for name in self.titles}
        )

    async def run(self) -> None:
        """Takes webhooks until cancelled."""
        app = Starlette(routes=[Route("/{endpoint}", self._take, methods=["POST"])])
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off"))
        serving = asyncio.create_task(server._serve([self._socket]), name="departments' server")  # noqa: SLF001  `serve` would take the signals
        try:
            await asyncio.shield(serving)
        except asyncio.CancelledError:
            server.should_exit = True
            await serving
            raise

    async def _take(self, request: Request) -> Response:
        at_s = self._steady_s()
        body = await request.body()
        if not _signed(request.headers, body, self._secret):
            self.refused += 1
            return Response(status_code=401)
        if not msgspec.json.decode(body, type=Envelope).type.startswith(ABOUT_ALERTS):
            return Response(status_code=204)
        key = request.headers["webhook-id"]
        receipt = Receipt(request.path_params["endpoint"], key, msgspec.json.decode(body, type=Event), at_s)
        if self.receipts.setdefault(key, receipt) is receipt:
            self._on_receipt(receipt)
        return Response(status_code=204)


def _signed(headers: Mapping[str, str], body: bytes, secret: Secret) -> bool:
    """Whether one of the signatures is ours, as a receiver would find out."""
    try:
        timestamp_s = int(headers.get("webhook-timestamp", ""))
    except ValueError:
        return False
    expected = signed_headers((secret,), headers.get("webhook-id", ""), timestamp_s, body)["webhook-signature"]
    given: Sequence[str] = headers.get("webhook-signature", "").split()
    return any(hmac.compare_digest(expected, each) for each in given)
