"""The API and its pages, served for real."""

import asyncio
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import httpx
import uvicorn

from api.app import create_app
from api.feed import Feed
from bench.waiting import wait_for
from tests.support.shown_city import ShownCity


class Served:
    """A city's pages on a port of the loopback, on a thread of their own. They can go away and come back."""

    def __init__(self, city: ShownCity, allowed_hosts: Iterable[str] = ()) -> None:
        self.city = city
        self._hosts = tuple(allowed_hosts)
        self._port = 0
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """On the port that it had before, where it had one."""
        self._feed = Feed(self.city.view(), pace_s=0.1)
        app = create_app(self.city.view(), self._feed, self._hosts)
        self._server = uvicorn.Server(uvicorn.Config(app, port=self._port, log_level="error", ws="none"))
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=lambda: self._loop.run_until_complete(self._server.serve()))
        self._thread.start()
        wait_for(lambda: self._server.started, "the page's server")
        self._port = self._server.servers[0].sockets[0].getsockname()[1]

    def stop(self) -> None:
        """As the city does it: the lookers-on are let go, then the server ends."""
        self._loop.call_soon_threadsafe(self._feed.close)
        self._server.should_exit = True
        self._thread.join()
        self._loop.close()


@contextmanager
def browse(city: ShownCity, allowed_hosts: Iterable[str] = ()) -> Iterator[httpx.Client]:
    """A client of a city's API."""
    served = Served(city, allowed_hosts)
    try:
        with httpx.Client(base_url=served.url, trust_env=False) as client:
            yield client
    finally:
        served.stop()
