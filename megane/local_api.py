"""A running city, asked by the commands beside it through the socket under its home."""

from pathlib import Path

import httpx

from city.errors import UserError
from megane.city_home import SOCKET_NAME

# Longer than any list of a busy city takes; shorter than a person waits.
TIMEOUT_S = 30.0


class LocalApiError(UserError):
    """The running city did not do what it was asked."""


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

    def get(self, path: str, **query: str | int) -> bytes:
        """The body of the answer. Raises LocalApiError."""
        return self._ask("GET", path, query, None)

    def post(self, path: str, body: object) -> bytes:
        """The body of the answer. Raises LocalApiError."""
        return self._ask("POST", path, {}, body)

    def _ask(self, method: str, path: str, query: dict[str, str | int], body: object) -> bytes:
        try:
            with self._client() as client:
                response = client.request(method, path, params=query, json=body)
        except httpx.TransportError as e:
            raise LocalApiError("megane.city-does-not-answer", socket=str(self._socket), problem=str(e)) from e
        if response.is_error:
            raise LocalApiError("megane.city-refuses", path=path, status=response.status_code, body=response.text[:500])
        return response.content

    def _client(self) -> httpx.Client:
        transport = httpx.HTTPTransport(uds=str(self._socket))
        # The name is that of the loopback: what the API takes for a caller of its own.
        return httpx.Client(
            transport=transport, base_url="http://localhost", timeout=TIMEOUT_S, headers={"origin": "http://localhost"}
        )
