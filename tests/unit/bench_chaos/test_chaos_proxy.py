"""What a line between a device and its broker does to bytes, with real sockets."""

import socket
import threading
from collections.abc import Iterator

import pytest

from bench.chaos.proxy import Lines, Weather


@pytest.fixture
def echo() -> Iterator[int]:
    """A port that says again what it hears."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                peer, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(peer,), daemon=True).start()

    def answer(peer: socket.socket) -> None:
        with peer:
            while heard := peer.recv(1024):
                peer.sendall(heard)

    threading.Thread(target=serve, daemon=True).start()
    yield server.getsockname()[1]
    server.shutdown(socket.SHUT_RDWR)
    server.close()


@pytest.mark.parametrize("weather", [Weather.STALLED, Weather.HALF_OPEN], ids=lambda one: one.value)
def test_what_was_held_comes_once_the_line_is_clear(echo: int, weather: Weather) -> None:
    with Lines(echo, 1) as lines, socket.create_connection(("127.0.0.1", lines.port(0)), 30) as client:
        client.sendall(b"a")
        assert client.recv(1) == b"a"
        lines.become(0, weather)
        client.sendall(b"b")
        client.settimeout(0.2)
        with pytest.raises(TimeoutError):
            client.recv(1)
        client.settimeout(30)
        lines.become(0, Weather.CLEAR)
        assert client.recv(1) == b"b"


def test_a_line_that_is_cut_ends_its_connections_and_takes_new_ones(echo: int) -> None:
    with Lines(echo, 1) as lines:
        with socket.create_connection(("127.0.0.1", lines.port(0)), 30) as client:
            client.sendall(b"a")
            assert client.recv(1) == b"a"
            lines.cut(0)
            assert ended(client)
        with socket.create_connection(("127.0.0.1", lines.port(0)), 30) as client:
            client.sendall(b"b")
            assert client.recv(1) == b"b"


def ended(client: socket.socket) -> bool:
    """By a reset, or by its end: the system says either."""
    try:
        return client.recv(1) == b""
    except ConnectionResetError:
        return True
