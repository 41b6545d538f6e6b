"""The HTTP server of a city: on its port, and on a socket under its home for the commands beside it."""

import asyncio
import socket
from contextlib import suppress
from pathlib import Path
from typing import Final

import uvicorn
from fastapi import FastAPI

from city.errors import UserError
from megane.city_home import SOCKET_NAME

# Streams of live pages end when the feed is closed; what else is under way at the end has so long.
GRACE_S: Final = 5


class PortError(UserError):
    """The port cannot be listened on."""


class WebServer:
    """Serves `app` until cancelled. Signals are the composition root's, not the server's."""

    def __init__(self, app: FastAPI, bind: str, port: int, home: Path) -> None:
        """Takes the port and the socket at once. Raises PortError when the port is somebody else's."""
        self._unix_path = home / SOCKET_NAME
        self._sockets = [_tcp(bind, port), _unix(self._unix_path)]
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,  # a line for every look of every page would bury what matters
            server_header=False,
            timeout_graceful_shutdown=GRACE_S,
            lifespan="on",
        )
        self._server = uvicorn.Server(config)

    async def run(self) -> None:
        """Serves until cancelled; then lets what is under way end, for `GRACE_S` at most."""
        serving = asyncio.create_task(self._server._serve(self._sockets), name="uvicorn")  # noqa: SLF001  `serve` would take the signals
        try:
            await asyncio.shield(serving)
        except asyncio.CancelledError:
            self._server.should_exit = True
            await serving
            raise
        finally:
            with suppress(FileNotFoundError):
                self._unix_path.unlink()


def _tcp(bind: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(bind, port, type=socket.SOCK_STREAM)[0][0]
        listening = socket.socket(family, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((bind, port))
        listening.listen()  # now and not later: two that only bind could both believe to have the port
    except OSError as e:
        raise PortError("megane.port-taken", bind=bind, port=port, problem=e.strerror or str(e)) from e
    return listening


def _unix(path: Path) -> socket.socket:
    """A socket that only this user may open. One that a killed city left behind is replaced: the journal's lock has
    shown that no other city runs here.
    """
    with suppress(FileNotFoundError):
        path.unlink()
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listening.bind(str(path))
    except OSError as e:
        raise PortError("megane.socket-unusable", path=str(path), problem=str(e)) from e
    path.chmod(0o600)
    return listening
