"""A running city, asked by the commands beside it through the socket under its home."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import httpx
import msgspec

from city.errors import Place, UserError
from city.messages.text import Lang, Text
from megane.city_home import SOCKET_NAME

# Longer than any list of a busy city takes; shorter than a person waits.
TIMEOUT_S = 30.0


class LocalApiError(UserError):
    """The running city did not do what it was asked."""


class InFile(msgspec.Struct, frozen=True):
    """What the API says of a place in a file of the city: a mistake, or what is odd without being one."""

    file: str
    line: int
    column: int
    text: dict[Lang, str]

    def told(self, lang: Lang) -> str:
        """`file:line:column: message`, as `Mistake.text` writes it."""
        return f"{Place(self.file, self.line, self.column)}: {self.text[lang]}"


class _Problem(msgspec.Struct, frozen=True):
    text: dict[Lang, str]
    mistakes: tuple[InFile, ...] = ()


def _said(body: bytes) -> Text:
    """What a problem says, every mistake that it names on a line of its own before it."""
    problem = msgspec.json.decode(body, type=_Problem)

    def told(lang: Lang) -> str:
        return "\n".join([*(mistake.told(lang) for mistake in problem.mistakes), problem.text[lang]])

    return Text(ja=told(Lang.JA), en=told(Lang.EN))


class LocalApi:
    """The API of the city that runs on `home`."""

    def __init__(self, home: Path) -> None:
        self._socket = home / SOCKET_NAME

    def running(self) -> bool:
        """Whether a city answers there."""
        if not self._socket.exists():
            return False
        try:
            with self._client() as client:
                client.get("/healthz")
        except httpx.TransportError:
            return False
        return True

    def get(self, path: str, **query: str | int | Sequence[str]) -> bytes:
        """The body of the answer. Raises LocalApiError."""
        return self._ask("GET", path, query, None)

    def post(self, path: str, body: object, key: str | None = None) -> bytes:
        """The body of the answer; what is sent again under its key is done once. Raises LocalApiError."""
        return self._ask("POST", path, {}, body, None if key is None else {"idempotency-key": key})

    def put(self, path: str, body: object) -> bytes:
        """The body of the answer. Raises LocalApiError."""
        return self._ask("PUT", path, {}, body)

    def patch(self, path: str, body: object, key: str | None = None) -> bytes:
        """The body of the answer; what is sent again under its key is done once. Raises LocalApiError."""
        return self._ask("PATCH", path, {}, body, None if key is None else {"idempotency-key": key})

    def _ask(
        self,
        method: str,
        path: str,
        query: Mapping[str, str | int | Sequence[str]],
        body: object,
        headers: dict[str, str] | None = None,
    ) -> bytes:
        try:
            with self._client() as client:
                response = client.request(method, path, params=query, json=body, headers=headers)
        except httpx.TransportError as e:
            raise LocalApiError("megane.city-does-not-answer", socket=str(self._socket), problem=str(e)) from e
        if response.headers.get("content-type") == "application/problem+json":
            raise LocalApiError("megane.city-said", text=_said(response.content))
        if response.is_error:
            raise LocalApiError("megane.city-refuses", path=path, status=response.status_code, body=response.text[:500])
        return response.content

    def _client(self) -> httpx.Client:
        transport = httpx.HTTPTransport(uds=str(self._socket))
        # The name is that of the loopback: what the API takes for a caller of its own.
        return httpx.Client(
            transport=transport, base_url="http://localhost", timeout=TIMEOUT_S, headers={"origin": "http://localhost"}
        )
