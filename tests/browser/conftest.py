"""The live page as a browser sees it: served by uvicorn on a free port, looked at with Debian's Chromium."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

from api.app import create_app
from api.feed import Feed
from tests.support.shown_city import ShownCity, calm, flood, sabae
from tests.support.waiting import wait_for

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",  # the tests may run as root in a container
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Served:
    """A city's pages on a port of the loopback, on a thread of their own. They can go away and come back."""

    def __init__(self, city: ShownCity, port: int) -> None:
        self.city = city
        self.url = f"http://127.0.0.1:{port}"
        self._port = port
        self.start()

    def start(self) -> None:
        feed = Feed(self.city.view(), pace_s=0.1)
        config = uvicorn.Config(create_app(self.city.view(), feed), port=self._port, log_level="error", ws="none")
        self._server = uvicorn.Server(config)
        self._loop = asyncio.new_event_loop()
        self._feed = feed
        self._thread = threading.Thread(target=lambda: self._loop.run_until_complete(self._server.serve()))
        self._thread.start()
        wait_for(lambda: self._server.started, "the page's server")

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._feed.close)
        self._server.should_exit = True
        self._thread.join()
        self._loop.close()


@dataclass
class Seen:
    """A page, and what went on behind it."""

    page: Page
    console: list[str]
    requested: list[str]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS, headless=True)
        yield found
        found.close()


@pytest.fixture
def serve(free_port: Callable[[], int]) -> Iterator[Callable[[ShownCity], Served]]:
    running: list[Served] = []

    def start(city: ShownCity) -> Served:
        running.append(Served(city, free_port()))
        return running[-1]

    yield start
    for each in running:
        each.stop()


@pytest.fixture
def calm_city(serve: Callable[[ShownCity], Served]) -> Served:
    city = sabae()
    calm(city)
    return serve(city)


@pytest.fixture
def flooded_city(serve: Callable[[ShownCity], Served]) -> Served:
    city = sabae()
    flood(city)
    return serve(city)


@contextmanager
def looking(browser: Browser, width: int, height: int, **context: object) -> Iterator[Seen]:
    """A page of its own in a browser of that size."""
    made = browser.new_context(viewport={"width": width, "height": height}, locale="ja-JP", **context)  # type: ignore[arg-type]  # playwright's options by name
    page = made.new_page()
    seen = Seen(page, [], [])

    def heard(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            seen.console.append(message.text)

    def asked(request: Request) -> None:
        seen.requested.append(request.url)

    page.on("console", heard)
    page.on("pageerror", lambda error: seen.console.append(str(error)))
    page.on("request", asked)
    yield seen
    made.close()


SCREENSHOTS = Path(__file__).parents[2] / "screenshots"
