import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import numpy as np
import pytest
from prometheus_client import CollectorRegistry, generate_latest

from administration.metrics import Metrics
from administration.outcome import Delivered
from bench.city_process import CityProcess
from bench.servers import free_port, influxdb
from ingest.stores.influxdb_lines import lines, prefixes
from tests.support.served_pages import browse
from tests.support.shown_city import NOW_MS, ShownCity, flood, sabae
from tests.support.victoria_metrics import VictoriaMetrics, victoria_metrics


@pytest.fixture(scope="module")
def city() -> ShownCity:
    city = sabae()
    flood(city)
    return city


@pytest.fixture(scope="module")
def api(city: ShownCity) -> Iterator[httpx.Client]:
    """The city itself, in Prometheus' protocol."""
    with browse(city) as client:
        yield client


@pytest.fixture(scope="module")
def influx(city: ShownCity, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """InfluxDB 1.6 with the city's readings as plain line protocol."""
    batch = city.store.readings(np.arange(len(city.catalog.sensors)), 0, NOW_MS + 1)
    with ExitStack() as stack:
        server = stack.enter_context(influxdb(tmp_path_factory.mktemp("influxdb"), free_port(), free_port()))
        client = stack.enter_context(httpx.Client(base_url=server.url, trust_env=False, timeout=30))
        client.post("/query", params={"q": "CREATE DATABASE megane"}).raise_for_status()
        text = "\n".join(lines(prefixes(city.catalog), batch))
        client.post("/write", params={"db": "megane", "precision": "ms"}, content=text).raise_for_status()
        yield client


@pytest.fixture(scope="module")
def metrics(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VictoriaMetrics]:
    """A Prometheus that has scraped a running city for half an hour.

    Names and labels are those of a real `megane up`, and of webhooks that came to an end; every counter is then made
    to count on from scrape to scrape.
    """
    folder: Path = tmp_path_factory.mktemp("metrics")
    command = (sys.executable, "-c", "from megane.cli import main; main()", "up")
    with CityProcess(folder / "home", free_port(), free_port(), command=command) as process:
        scraped = httpx.get(f"{process.url}/metrics", timeout=30).text
    registry = CollectorRegistry()
    administration = Metrics(registry)
    administration.webhooks.labels("bosai", "delivered").inc()
    administration.attempt("bosai", Delivered(204))
    told = [f'megane_alert_events_total{{to_state="{state}"}} 1' for state in ("firing", "resolved")]
    own = generate_latest(registry).decode()
    named = {line.split("{")[0].split(" ")[0] for line in own.splitlines()}
    kept = [line for line in scraped.splitlines() if line.split("{")[0].split(" ")[0] not in named]
    text = [line for line in (*kept, *own.splitlines(), *told) if line and not line.startswith("#")]
    with victoria_metrics(folder, free_port()) as server:
        for scrape in range(120):
            server.put_exposition("\n".join(_counted(line, scrape) for line in text), NOW_MS - (119 - scrape) * 15_000)
        yield server


def _counted(line: str, more: int) -> str:
    """A line of the exposition, `more` having been counted since where it is a counter or part of a histogram."""
    name, _, value = line.rpartition(" ")
    counts = name.split("{")[0].endswith(("_total", "_bucket", "_count", "_sum"))
    return f"{name} {float(value) + more * counts}"
