"""An InfluxDB for the length of a demo, where none was named: Debian's, its files under the demo's home."""

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

import httpx

from city.errors import UserError

START_TIMEOUT_S: Final = 30.0  # it takes half a second, on a machine that does nothing else
STOP_TIMEOUT_S: Final = 10.0  # it writes down what it has in memory; after that nobody misses it
LOOK_EVERY_S: Final = 0.05
LOG: Final = "influxdb.log"
LOG_LINES: Final = 3
CONFIG: Final = """
reporting-disabled = true
bind-address = "127.0.0.1:{backup_port}"
[meta]
  dir = "{folder}/meta"
[data]
  dir = "{folder}/data"
  wal-dir = "{folder}/wal"
[monitor]
  store-enabled = false
[http]
  bind-address = "127.0.0.1:{port}"
"""


class DemoStoreError(UserError):
    """There is no InfluxDB to be had."""


@asynccontextmanager
async def influxdb(folder: Path, port: int, backup_port: int) -> AsyncIterator[str]:
    """Its URL, once it answers; at the end it is stopped. Raises DemoStoreError."""
    program = shutil.which("influxd")
    if program is None:
        raise DemoStoreError("megane.influxdb-missing")
    process = await asyncio.to_thread(
        _spawn, program, folder, CONFIG.format(folder=folder, port=port, backup_port=backup_port)
    )
    try:
        url = f"http://127.0.0.1:{port}"
        if not await _answers(url, process):
            raise DemoStoreError("megane.influxdb-failed", words=await asyncio.to_thread(_last_words, folder))
        yield url
    finally:
        process.terminate()
        await asyncio.to_thread(_end, process)


async def _answers(url: str, process: "subprocess.Popen[bytes]") -> bool:
    """True once it does; False where it ends before, or takes too long."""
    with suppress(TimeoutError):
        async with httpx.AsyncClient() as client, asyncio.timeout(START_TIMEOUT_S):
            while process.poll() is None:
                with suppress(httpx.TransportError):
                    if (await client.get(f"{url}/ping")).is_success:
                        return True
                await asyncio.sleep(LOOK_EVERY_S)
    return False


def _spawn(program: str, folder: Path, text: str) -> "subprocess.Popen[bytes]":
    """In a session of its own, so that Ctrl-C reaches the city first."""
    folder.mkdir(parents=True)
    config = folder / "influxdb.conf"
    config.write_text(text, encoding="utf-8")
    with (folder / LOG).open("ab") as log:
        return subprocess.Popen(  # noqa: S603 our own arguments
            [program, "-config", str(config)], stdout=log, stderr=log, start_new_session=True
        )


def _last_words(folder: Path) -> str:
    return " / ".join((folder / LOG).read_text(encoding="utf-8", errors="replace").splitlines()[-LOG_LINES:])


def _end(process: "subprocess.Popen[bytes]") -> None:
    try:
        process.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
