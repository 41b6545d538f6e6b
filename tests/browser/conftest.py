"""The live page as a browser sees it: served by uvicorn on a free port, looked at with Debian's Chromium."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright

from tests.support.served_pages import Served
from tests.support.shown_city import ShownCity, calm, flood, sabae

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


@dataclass
class Seen:
    """A page, and what went on behind it."""

    page: Page
    console: list[str]
    requested: list[str]


# Of the module and not of the session: while Playwright runs, no other test of the process can have an event loop.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=30_000)  # ends a test that would hang, on a machine that has much else to do
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS, headless=True)
        yield found
        found.close()


@pytest.fixture
def serve() -> Iterator[Callable[[ShownCity], Served]]:
    running: list[Served] = []

    def start(city: ShownCity) -> Served:
        running.append(Served(city))
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
