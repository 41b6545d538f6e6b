"""The storm over a real city, on SQLite and PostgreSQL: nothing lost, nothing twice, nobody waits for the ill."""

import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
import sqlalchemy as sa

from administration.deliveries import webhook_id
from administration.tables import incident_alert, incident_event
from alerts.tables import ALERT_EVENT
from bench.line import Line, compared
from bench.loaded_city import LoadedCity, loaded_city
from bench.storm.gauges import Gauges
from bench.storm.receivers import Taken
from bench.storm.town import (
    ILL,
    PROMPT,
    RULES,
    SECTIONS,
    device,
    endpoint,
    endpoints,
    section_of,
    write_settings,
    write_town,
)
from bench.waiting import wait_for
from megane.city_home import CityHome
from megane.database import open_for_reading
from tests.support.postgresql import Postgresql

LATER_MS: Final = 2_000.0  # a webhook in the storm may come so much later than on a calm day
ANSWER_MS: Final = 200.0  # what a page that people watch may take meanwhile
ASK_EVERY_S: Final = 0.1
END_S: Final = 600.0  # a storm that has not ended by then has lost something


@dataclass(frozen=True, slots=True)
class Size:
    """gauges: in the storm; calm: before it, an alert of each rule each; spread over so many seconds."""

    gauges: int
    storm_s: float
    calm: int
    calm_s: float


WHOLE: Final = Size(1_000, 60.0, 60, 30.0)
QUICK: Final = Size(100, 6.0, 20, 5.0)


@dataclass(frozen=True, slots=True)
class Found:
    """What one storm left behind. answers_ms: of `GET /v1/alerts` meanwhile; wrong: what broke a promise.

    over_s: from the first reading to the last webhook; city_s: of a processor that the city had meanwhile
    """

    calm_ms: np.ndarray
    storm_ms: np.ndarray
    answers_ms: list[float]
    alerts: int
    incidents: int
    wrong: list[str]
    over_s: float
    city_s: float
    by_endpoint: Mapping[str, int]


class Receivers:
    """The process of the receivers. urls: where each endpoint is."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process
        self.urls = msgspec.json.decode(self._line(), type=dict[str, str])

    def fall_ill(self) -> None:
        """From now on a third is slow, dead or broken."""
        self._ask("ill")

    def counts(self) -> dict[str, int]:
        """How many webhooks each endpoint has taken."""
        return msgspec.json.decode(self._ask("count"), type=dict[str, int])

    def taken(self) -> list[Taken]:
        """Every webhook."""
        return msgspec.json.decode(self._ask("tell"), type=list[Taken])

    def _ask(self, word: str) -> bytes:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{word}\n".encode())
        self._process.stdin.flush()
        return self._line()

    def _line(self) -> bytes:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


@contextmanager
def _receivers() -> Iterator[Receivers]:
    command = (sys.executable, "-m", "bench.storm.receivers", *endpoints())
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            yield Receivers(process)
        finally:
            process.kill()


@contextmanager
def _asking(city: LoadedCity) -> Iterator[list[float]]:
    """Asks for the alerts, again and again, as an open page would; milliseconds of each answer."""
    answers_ms: list[float] = []
    over = threading.Event()

    def ask() -> None:
        while not over.wait(ASK_EVERY_S):
            began_s = time.perf_counter()
            city.process.api.get("/v1/alerts").raise_for_status()
            answers_ms.append((time.perf_counter() - began_s) * 1_000)

    thread = threading.Thread(target=ask, name="asking")
    thread.start()
    try:
        yield answers_ms
    finally:
        over.set()
        thread.join()


def storm(quick: bool) -> list[Line]:  # noqa: FBT001  the signature of every bench
    """The same storm over each database."""
    size = QUICK if quick else WHOLE
    lines = _lines("SQLite", size, _over(size, None))
    with Postgresql(settings=()) as server, server.database() as url:
        lines += _lines("PostgreSQL", size, _over(size, url))
    return lines


def _over(size: Size, database: sa.URL | None) -> Found:
    with tempfile.TemporaryDirectory(prefix="megane-bench-") as name, _receivers() as receivers:
        folder = Path(name)
        write_town(folder / "files", size.calm + size.gauges)
        at = None if database is None else database.set(drivername="postgresql").render_as_string()
        settings = write_settings(folder, receivers.urls, at)
        with loaded_city(folder, folder / "files", 0, "--settings", str(settings)) as city:
            return _storm(city, receivers, size, database or CityHome.make(folder / "home").database)


def _storm(city: LoadedCity, receivers: Receivers, size: Size, where: Path | sa.URL) -> Found:
    prompt = [endpoint(section, which) for section in SECTIONS for which in PROMPT]

    def has(alerts: int) -> bool:
        counts = receivers.counts()
        return sum(counts[name] for name in prompt) >= alerts * len(PROMPT)

    with Gauges(city.process.mqtt_port) as gauges, _asking(city) as answers_ms:
        gauges.flood([device(k) for k in range(size.calm)], size.calm_s)
        wait_for(lambda: has(size.calm * RULES), "the calm day's webhooks", END_S)
        receivers.fall_ill()
        answers_ms.clear()
        began_s, used_s = time.time(), city.cpu_s()[0]
        gauges.flood([device(size.calm + k) for k in range(size.gauges)], size.storm_s)
        wait_for(lambda: has((size.calm + size.gauges) * RULES), "the storm's webhooks", END_S)
        over_s, city_s = time.time() - began_s, city.cpu_s()[0] - used_s
    taken = receivers.taken()
    calm = {f"{device(k)}:water_level" for k in range(size.calm)}
    late = {
        day: np.array([one.late_ms for one in taken if one.endpoint in prompt and (one.subject in calm) is day])
        for day in (True, False)
    }
    alerts, incidents, wrong = _books(where, taken, prompt)
    by_endpoint = Counter(one.endpoint for one in taken)
    return Found(late[True], late[False], answers_ms, alerts, incidents, wrong, over_s, city_s, by_endpoint)


def _books(where: Path | sa.URL, taken: list[Taken], prompt: list[str]) -> tuple[int, int, list[str]]:
    """How many alerts in how many incidents, and what is not as promised."""
    database = open_for_reading(where)
    with database.connect() as connection:
        events = connection.execute(sa.select(ALERT_EVENT.c.id, ALERT_EVENT.c.rule, ALERT_EVENT.c.subject)).all()
        joined = set(connection.scalars(sa.select(incident_event.c.id)))
        of_incidents = connection.execute(sa.select(incident_alert.c.rule, incident_alert.c.subject)).all()
        incidents = connection.scalar(sa.select(sa.func.count(incident_alert.c.incident.distinct()))) or 0
    database.dispose()
    wrong = [f"{len(events)} alerts and {len(of_incidents)} in incidents"] if len(of_incidents) != len(events) else []
    if {row.id for row in events} != joined:
        wrong.append("an event is in no incident")
    times = Counter((one.endpoint, one.key) for one in taken)
    twice = sum(1 for number in times.values() if number > 1)
    if twice:
        wrong.append(f"{twice} webhooks came twice")
    due = {
        (name, webhook_id(name, row.id)) for row in events for name in prompt if name.startswith(section_of(row.rule))
    }
    missing = len(due - times.keys())
    if missing:
        wrong.append(f"{missing} webhooks did not come")
    return len(of_incidents), incidents, wrong


def _lines(database: str, size: Size, found: Found) -> list[Line]:
    what = f"storm of {size.gauges * RULES:,}, {database}"
    calm_p99, storm_p50, storm_p99, answer_p99 = (
        float(np.percentile(of, share))
        for of, share in ((found.calm_ms, 99), (found.storm_ms, 50), (found.storm_ms, 99), (found.answers_ms, 99))
    )
    got = ", ".join(f"{name} {number}" for name, number in sorted(found.by_endpoint.items()) if name.endswith(ILL))
    return [
        compared(
            f"{what}: promises broken ({found.incidents:,} incidents)",
            len(found.wrong),
            "promises",
            aim="0",
            met=not found.wrong,
            why="; ".join(found.wrong),
        ),
        compared(f"{what}: webhook, p50", storm_p50, "ms"),
        compared(
            f"{what}: webhook, p99; calm",
            storm_p99,
            "ms",
            calm_p99,
            aim=f"≤ {LATER_MS:,g} ms later",
            met=storm_p99 <= calm_p99 + LATER_MS,
            why=f"all was told {found.over_s:.0f} s after it began, and the city had "
            f"{found.city_s / found.over_s:.0%} of a core; the ill took: {got}",
        ),
        compared(
            f"{what}: `GET /v1/alerts`, p99 ({len(found.answers_ms)})",
            answer_p99,
            "ms",
            aim=f"≤ {ANSWER_MS:g} ms",
            met=answer_p99 <= ANSWER_MS,
            why=f"the longest took {max(found.answers_ms):.0f} ms",
        ),
    ]
