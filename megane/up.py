"""`megane up`: one city in one process, beside its Mosquitto."""

import asyncio
import logging
import random
import sys
from typing import Final

import uvloop
from rich.console import Console
from rich.logging import RichHandler

from administration.transaction import DATABASE_PAUSE_S
from city.errors import UnavailableError
from city.messages import say
from city.messages.text import Lang
from megane.clocks import SystemClock
from megane.running import run_city, stop_on_signals
from megane.settings import Settings
from megane.wiring import City, wire

# Journal, store, engine, database and event loop are threads of one interpreter, and an alert goes through each of
# them. At Python's own 5 ms whoever wants it waits so long for whoever has it, several times on an alert's way.
SWITCH_S: Final = 0.001


def run_up(settings: Settings, lang: Lang) -> None:
    """Runs until SIGTERM or SIGINT. Raises a UserError for what a person can mend."""
    log_to_stderr()
    sys.setswitchinterval(SWITCH_S)
    uvloop.run(_up(settings, lang))


async def _up(settings: Settings, lang: Lang) -> None:
    console = Console(stderr=True, highlight=False)
    rng = random.Random()  # noqa: S311  jitter, no secret
    city = await asyncio.to_thread(wire, settings, SystemClock(), rng, asyncio.get_running_loop())
    until = asyncio.Event()
    stop_on_signals(until)

    async def tell() -> None:
        url = f"http://{settings.http.bind}:{settings.http.port}/"
        console.print(say("megane.ready", lang, url=url, home=city.home.folder), soft_wrap=True)
        secret = await _first_link(city)
        if secret is not None:
            console.print(say("people.first-link", lang, url=f"{url}sign-in/link/{secret}"), soft_wrap=True)

    await run_city(city, until, tell)
    console.print(say("megane.stopped", lang))


async def _first_link(city: City) -> str | None:
    """As soon as the database answers: that it is away for a moment ends no city."""
    while True:
        try:
            return await asyncio.to_thread(city.access.people.first_link)
        except UnavailableError:
            await city.clock.sleep(DATABASE_PAUSE_S)


def log_to_stderr(level: int = logging.INFO) -> None:
    """The log goes to stderr, a line each; systemd's journal adds the rest."""
    console = Console(stderr=True)
    plain = logging.StreamHandler()
    plain.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handler = RichHandler(console=console, show_path=False) if console.is_terminal else plain
    logging.basicConfig(level=level, handlers=[handler])
    # Libraries that speak of every request; what goes wrong there is ours to tell.
    for name in ("httpx", "httpcore", "uvicorn.error", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
