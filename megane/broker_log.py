"""What Mosquitto says of those whom it refused, read from its log while it writes it.

Its words are those of Mosquitto 2.0 and of OpenSSL; a line of other words says nothing. It names no device where it
refuses a certificate, and the address alone where no other connection can be meant.

What its access list refuses, it tells nobody short of logging every message (2.0.11: at `debug` alone).
"""

import asyncio
import logging
import re
from pathlib import Path
from typing import Final

from city.clock import Clock
from city.security_event import SecurityKind, TellSecurity

_log = logging.getLogger(__name__)

LOOK_EVERY_S: Final = 0.5
READ_BYTES: Final = 1024 * 1024  # at a look: two seconds' worth of the fastest storm of connections
CUT_BYTES: Final = 16 * 1024 * 1024  # and what was read is let go: a day of ten thousand devices that come and go
PENDING: Final = 1_000  # connections that have not shown who they are
PENDING_S: Final = 30.0  # a handshake takes seconds; whoever is silent for longer is not the one that is refused now

_CAME: Final = re.compile(r"New connection from (\S+):(\d+) on port (\d+)\.")
_KNOWN: Final = re.compile(r"New client connected from (\S+):(\d+) as ")
_OPENSSL: Final = re.compile(r"(?:OpenSSL Error\[\d+\]|Client connection from \S+ failed): (error:.*)")
_LOGIN: Final = re.compile(r"Client (\S+) disconnected, not authorised\.")
_GONE: Final = "Client <unknown> "
_HOST: Final = re.compile(r"Client connection from (\S+) failed: ")


class BrokerLog:
    """One task of the city. Begins at the end of what is there: that was told before, or belongs to an earlier life."""

    def __init__(self, file: Path, clock: Clock, tell: TellSecurity) -> None:
        """file: to which Mosquitto appends; it need not be there yet."""
        self._file = file
        self._clock = clock
        self._tell = tell
        self._read_to = _size(file)
        self._rest = b""
        self._pending: dict[tuple[str, str], int] = {}  # (host, port) → when it came, ms

    async def run(self) -> None:
        """Reads until it is cancelled. Its file may be cut, grow or go: that harms nothing."""
        while True:
            await self._clock.sleep(LOOK_EVERY_S)
            try:
                await asyncio.to_thread(self.look)
            except OSError as error:
                _log.warning("what the broker says of whom it refuses cannot be read: %s", error)

    def look(self) -> None:
        """Reads what is new, a MB at most. Blocking, for a millisecond or so: it lies in the page cache."""
        size = _size(self._file)
        if size < self._read_to:
            self._read_to, self._rest = 0, b""
        if size == self._read_to:
            return
        with self._file.open("r+b") as file:
            file.seek(self._read_to)
            new = file.read(READ_BYTES)
            self._read_to += len(new)
            # Mosquitto appends, so it goes on at the new end. A line written just now is lost with the rest.
            if self._read_to >= CUT_BYTES and self._read_to >= size:
                file.truncate(0)
                self._read_to = 0
        *lines, self._rest = (self._rest + new).split(b"\n")
        self._rest = self._rest[-READ_BYTES:]  # a line without an end is none of Mosquitto's
        for line in lines:
            self.heard(line.decode(errors="replace"))

    def heard(self, line: str) -> None:
        """One line."""
        if found := _CAME.search(line):
            self._pending[found[1], found[2]] = self._clock.now_ms()
            while len(self._pending) > PENDING:
                del self._pending[next(iter(self._pending))]
        elif found := _KNOWN.search(line):
            self._pending.pop((found[1], found[2]), None)
        elif found := _OPENSSL.search(line):
            said = _HOST.search(line)
            kind = _kind(found[1])
            if kind is not None:
                self._tell(kind, "", f"{said[1] if said else self._whence()}: {found[1]}")
            self._one_is_gone()
        elif found := _LOGIN.search(line):
            self._tell(SecurityKind.LOGIN_REFUSED, "", f"{self._whence()}: as {found[1]}")
        elif _GONE in line:
            self._one_is_gone()

    def _whence(self) -> str:
        now_ms = self._clock.now_ms()
        hosts = {host for (host, _), came_ms in self._pending.items() if now_ms - came_ms < PENDING_S * 1000}
        return hosts.pop() if len(hosts) == 1 else "an address that is not known for certain"

    def _one_is_gone(self) -> None:
        if len(self._pending) == 1:
            self._pending.clear()


def _kind(error: str) -> SecurityKind | None:
    """None: the other side broke off by itself."""
    if "certificate verify failed" in error:
        return SecurityKind.CERTIFICATE_REFUSED
    if "peer did not return a certificate" in error:
        return SecurityKind.CERTIFICATE_MISSING
    if "unexpected eof" in error:
        return None
    return SecurityKind.HANDSHAKE_FAILED


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0
