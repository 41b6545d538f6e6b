"""A city's own history as the test bench of a rule: asked of it while it runs, read from its files when it does not."""

import json
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from bench.city_process import MEGANE, CityProcess
from tests.support.books import Books, Counted
from tests.support.publisher import Publisher

MINUTE_S = 60
Seen = set[tuple[str, str, str]]


def test_a_running_city_and_its_files_say_what_happened(tmp_path: Path, free_port: Callable[[], int]) -> None:
    home = tmp_path / "home"
    newest_s = int(time.time()) // 600 * 600
    levels = [4.0, 5.0, 6.6, 7.0, 7.0, 6.0, 5.0, 4.0, 4.0, 4.0, 4.0, 6.6, 6.7, 6.0, 5.0, 4.0, 4.0, 4.0, 4.0, 4.0]
    begin_s = newest_s - len(levels) * 10 * MINUTE_S
    pack = [{"n": "water_level", "u": "m", "t": begin_s + k * 600, "v": level} for k, level in enumerate(levels)]
    with CityProcess(home, free_port(), free_port()) as city:
        books = Books(city)
        with Publisher(city.mqtt_port) as device:
            device.send("megane/sabae/rpi-toba/up", json.dumps(pack))
        books.expect(Counted(stored=len(pack), accepted=1))
        live = alerts(city)
        assert len(live) == 2
        assert backtested(home, begin_s, newest_s) == live
        assert city.stop() == 0
    assert backtested(home, begin_s, newest_s) == live


def alerts(city: CityProcess) -> Seen:
    """What the city raised of the rule, by its ledger."""
    answer = city.api.get("/v1/alerts").json()["alerts"]
    return {(a["subject"], utc(a["raised"]), utc(a["resolved"])) for a in answer if a["rule"] == "river-danger"}


def backtested(home: Path, begin_s: int, end_s: int) -> Seen:
    span = ("--from", utc(begin_s), "--to", utc(end_s))
    run = subprocess.run(
        [MEGANE[0], "backtest", "river-danger", "--home", str(home), *span, "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    (rule,) = json.loads(run.stdout.splitlines()[-1])["rules"]
    return {
        (difference["subject"], utc(told["raised_at"]), utc(told["cleared_at"]))
        for difference in rule["differences"]
        for told in difference["proposed"]
    }


def utc(text: str | float | None) -> str:
    if text is None:
        return "-"
    moment = datetime.fromtimestamp(text, UTC) if isinstance(text, int | float) else datetime.fromisoformat(text)
    return moment.astimezone(UTC).isoformat()
