"""Mosquitto as a child that the city supervises: started, adopted when an earlier city left it behind, restarted."""

import asyncio
import contextlib
import logging
import os
import pwd
import resource
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Final

from city.errors import UserError
from megane.authority import BrokerFiles

START_TIMEOUT_S: Final = 60.0  # a queue of a million messages is read back from disk first
STOP_TIMEOUT_S: Final = 60.0  # and written at the end
LOOK_EVERY_S: Final = 0.05  # at a port that is to open, a process that is to end
WATCH_EVERY_S: Final = 0.2  # at the running broker: an adopted one is not our child, and nobody tells us of its end
BACKOFF_FIRST_S: Final = 0.2
BACKOFF_MOST_S: Final = 10.0
LOG_LINES: Final = 5  # of the broker's own words, shown when it does not start
FILES_BESIDE: Final = 256  # open files that the broker needs for everything but devices
LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
ALSO_THERE: Final = ("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin")  # not in everybody's PATH

_log: Final = logging.getLogger(__name__)


class BrokerError(UserError):
    """The broker cannot be run; the message says what to mend."""


@dataclass(frozen=True, slots=True)
class DeviceListener:
    """Where devices come in by TLS, and the files (absolute) that say who they are and what they may."""

    bind: str
    port: int
    files: BrokerFiles
    topics: Path


def render_config(
    folder: Path, bind: str, port: int, users: Path | None = None, devices: DeviceListener | None = None
) -> str:
    """Mosquitto's configuration for a city whose broker keeps its files in `folder` (absolute).

    users: who may come in, as `mosquitto_passwd` writes it (absolute); without it everybody, where that is this machine
    alone. devices: a second way in. Raises BrokerError where others could come in and nobody says who may.
    """
    if users is None and bind not in LOOPBACK:
        raise BrokerError("megane.broker-users", bind=bind)
    return _template("mosquitto.conf").substitute(
        port=port,
        bind=bind,
        folder=folder,
        anonymous=str(users is None).lower(),
        users=f"password_file {users}" if users else "",
        user=pwd.getpwuid(os.geteuid()).pw_name,
        devices="" if devices is None else _render_devices(devices),
    )


def render_topics(root: str, revoked: Iterable[str]) -> str:
    """What devices may write and read. Of those that were revoked nothing, also while they are still connected."""
    denied = "".join(f"\nuser {device}\ntopic deny #\n" for device in sorted(revoked))
    return _template("devices.acl").substitute(root=root) + denied


def _render_devices(devices: DeviceListener) -> str:
    found = devices.files
    return _template("devices.conf").substitute(
        port=devices.port,
        bind=devices.bind,
        authority=found.authority,
        certificate=found.certificate,
        key=found.key,
        revoked=found.revoked,
        topics=devices.topics,
    )


def _template(name: str) -> Template:
    return Template((files("broker_config") / f"{name}.template").read_text(encoding="utf-8"))


class Mosquitto:
    """One broker, its configuration, queue, log and pid file in `folder`.

    It is a process of its own that outlives a killed city; the next city with the same folder adopts it.
    """

    def __init__(
        self,
        folder: Path,
        bind: str,
        port: int,
        users: Path | None = None,
        devices: DeviceListener | None = None,
    ) -> None:
        """Starts nothing yet. `users` is the file of `mosquitto_passwd`; needed where `bind` is not the loopback."""
        self._folder = folder.absolute()
        self._bind = bind
        self._users = users.absolute() if users else None
        self._devices = devices
        self.port = port
        self._child: subprocess.Popen[bytes] | None = None
        self._pid: int | None = None
        self._stopping = asyncio.Event()

    @property
    def pid(self) -> int | None:
        """The running broker's process; None while there is none."""
        return self._pid

    def reread(self) -> None:
        """It reads anew whom and what it allows. Nothing where it does not run: it reads when it starts."""
        if self._pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGHUP)

    @property
    def log_file(self) -> Path:
        """Where its words go."""
        return self._folder / "mosquitto.log"

    async def start(self) -> None:
        """Returns when the broker takes connections: an adopted one with the same configuration, else a new one.

        Raises BrokerError when Mosquitto is not installed, the port is somebody else's, or it does not come up.
        """
        self._stopping.clear()
        await self._bring_up()

    async def run(self) -> None:
        """Watches the broker that `start` brought up, and starts another when it dies. Until cancelled, or `stop`."""
        delay_s = BACKOFF_FIRST_S
        while True:
            await self._gone()
            if self._stopping.is_set():
                return
            _log.warning("mosquitto died; starting it again in %.1f s", delay_s)
            self._pid = self._child = None
            await asyncio.sleep(delay_s)
            delay_s = min(BACKOFF_MOST_S, delay_s * 2)
            if self._stopping.is_set():
                return
            try:
                await self._bring_up()
            except BrokerError as error:
                _log.warning("%s", error)
            else:
                delay_s = BACKOFF_FIRST_S

    async def stop(self) -> None:
        """Ends the broker, which writes its queue first; kills it where that takes over a minute."""
        self._stopping.set()
        await self._end()

    async def _bring_up(self) -> None:
        config = self._folder / "mosquitto.conf"
        text = render_config(self._folder, self._bind, self.port, self._users, self._devices)
        self._pid = self._left_behind(config)
        if self._pid is not None:
            if config.read_text(encoding="utf-8") == text:
                await self._until_open()
                return
            await self._end()
        program = _program()
        _check_free(self._bind, self.port)
        self._folder.mkdir(parents=True, exist_ok=True)
        config.write_text(text, encoding="utf-8")
        self._child = _spawn(program, config, self.log_file)
        self._pid = self._child.pid
        await self._until_open()

    async def _end(self) -> None:
        for how in (signal.SIGTERM, signal.SIGKILL):
            if self._pid is None:
                return
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, how)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(STOP_TIMEOUT_S):
                    await self._gone(ending=True)
                self._pid = self._child = None

    def _left_behind(self, config: Path) -> int | None:
        """The broker that an earlier city started with this very configuration file, where it still runs."""
        try:
            pid = int((self._folder / "mosquitto.pid").read_text(encoding="ascii"))
        except (OSError, ValueError):
            return None
        return pid if _is_mosquitto(pid, config) else None

    async def _until_open(self) -> None:
        """Until the broker takes connections. Raises BrokerError with its last words when it ends before."""
        try:
            async with asyncio.timeout(START_TIMEOUT_S):
                while self._alive():
                    if await _is_open(self._bind, self.port):
                        return
                    await asyncio.sleep(LOOK_EVERY_S)
        except TimeoutError:
            await self._end()
        self._pid = self._child = None
        words = self.log_file.read_text(encoding="utf-8", errors="replace").splitlines()[-LOG_LINES:]
        raise BrokerError("megane.broker-failed", log=self.log_file, words=" / ".join(words))

    async def _gone(self, *, ending: bool = False) -> None:
        """Until the broker's process has ended, ours or adopted."""
        while self._alive():  # noqa: ASYNC110 there is no event: the process may be nobody's child
            await asyncio.sleep(LOOK_EVERY_S if ending else WATCH_EVERY_S)

    def _alive(self) -> bool:
        if self._child is not None:
            return self._child.poll() is None
        return self._pid is not None and _is_mosquitto(self._pid, self._folder / "mosquitto.conf")


def _allow_files() -> None:
    """As many open files as we may have, for the child too: each device is one, and the usual limit is 1,024."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):  # a system may have limits beyond the one that it tells
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def most_files() -> int:
    """Open files that this process, and so its broker, may have."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return sys.maxsize if hard == resource.RLIM_INFINITY else hard


def tell_of_files(devices: int, most: int) -> None:
    """A warning where `most` open files do not let so many devices be connected: each is one of the broker's."""
    needed = devices + FILES_BESIDE
    if most < needed:
        _log.warning(
            "%d devices need %d open files, and the limit is %d: raise it (systemd: LimitNOFILE=; a shell: ulimit -n)",
            devices,
            needed,
            most,
        )


def _spawn(program: str, config: Path, log_file: Path) -> "subprocess.Popen[bytes]":
    """In a session of its own: neither Ctrl-C nor the city's end reaches it. Not asyncio's, which would kill it."""
    _allow_files()
    with log_file.open("ab") as log:
        return subprocess.Popen(  # noqa: S603 our own arguments
            [program, "-c", str(config)], stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )


def _program() -> str:
    path = os.pathsep.join((os.environ.get("PATH", os.defpath), *ALSO_THERE))
    program = shutil.which("mosquitto", path=path)
    if program is None:
        raise BrokerError("megane.broker-missing")
    return program


def _is_mosquitto(pid: int, config: Path) -> bool:
    """Whether process `pid` is a Mosquitto running with `config`: a pid may be somebody else's by now."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return Path(os.fsdecode(command[0])).name == "mosquitto" and os.fsencode(config) in command


def _check_free(bind: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bind, port))
        except OSError as error:
            raise BrokerError("megane.broker-port", bind=bind, port=port, problem=error.strerror) from error


async def _is_open(bind: str, port: int) -> bool:
    """Whether somebody takes connections; a broker bound to all addresses is asked on the loopback."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(bind, bind)  # noqa: S104 compared, not bound
    try:
        _, writer = await asyncio.open_connection(host, port)
    except OSError:
        return False
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return True
