"""Cases as staff work on them: a real city, its command line, many hands at once, and a kill in the middle."""

import csv
import io
import json
import subprocess
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from bench.city_process import MEGANE, CityProcess
from bench.waiting import wait_for

HANDS = 6
CASES = 120


@pytest.fixture
def city(tmp_path: Path, free_port: Callable[[], int]) -> Iterator[CityProcess]:
    with CityProcess(tmp_path / "home", free_port(), free_port()) as process:
        yield process


def megane(city: CityProcess, *arguments: str, succeeds: bool = True) -> str:
    command = [MEGANE[0], "case", *arguments, "--home", str(city.home)]
    run = subprocess.run(command, capture_output=True, check=False, timeout=120, env={"MEGANE_LANG": "ja"})
    assert (run.returncode == 0) is succeeds, run.stderr.decode()
    assert b"Traceback" not in run.stderr
    return (run.stdout if succeeds else run.stderr).decode()


def test_a_case_from_its_opening_to_its_end_and_out_again(city: CityProcess) -> None:
    opening = (
        "open",
        "bosai",
        "=1+1 鳥羽の水門",
        "--due",
        "2bd",
        "--item",
        "巡視",
        "--item",
        "水門確認",
        "--by",
        "太郎",
    )
    opened = json.loads(megane(city, *opening, "--json"))
    case = opened["id"]
    assert opened["number"]["ja"].endswith("防災危機管理課 第1号")
    megane(city, "tick", case, "2", "--by", "花子")
    assert "花子 確認済み: 2 水門確認" in megane(
        city, "change", case, "--assignee", "太郎", "--version", "1", succeeds=False
    )
    megane(city, "change", case, "--state", "in_progress", "--assignee", "花子", "--version", "2")
    megane(city, "attach", case, "rpi-toba:water_level", "--from", "2026-01-01T00:00+09:00")
    megane(city, "close", case, "--reason", "水位が下がった", "--left", "巡視は翌日")
    told = megane(city, "show", case)
    assert "状態: 対応中 → 完了（水位が下がった）" in told
    assert "☑ 2. 水門確認  花子" in told
    table = megane(city, "export", "--csv")
    assert table.startswith("\ufeff")
    (row,) = csv.DictReader(io.StringIO(table.removeprefix("\ufeff")))
    assert (row["件名"], row["担当"], row["確認"]) == ("'=1+1 鳥羽の水門", "花子", "1 / 2")
    (listed,) = json.loads(megane(city, "list", "--all", "--json"))["cases"]
    assert (listed["id"], listed["title"], listed["version"]) == (case, "=1+1 鳥羽の水門", 5)


def test_killed_while_many_open_cases_the_numbers_have_no_gap_and_no_double(city: CityProcess) -> None:
    made = city.api.post("/v1/tokens", json={"name": "hands", "scope": "write"}).json()["token"]
    hand = {"authorization": f"Bearer {made}"}
    asked = {f"key-{number}": ("bosai", "doboku")[number % 2] for number in range(CASES)}
    with ThreadPoolExecutor(HANDS) as hands:
        tried = [hands.submit(open_case, city.url, hand, key, section) for key, section in asked.items()]
        wait_for(lambda: sum(one.done() for one in tried) >= CASES // 3, "the first of them")
        city.kill()
        before = {key: one.result() for key, one in zip(asked, tried, strict=True)}
    assert any(found is None for found in before.values())
    city.start()
    with ThreadPoolExecutor(HANDS) as hands:
        again = dict(zip(asked, hands.map(lambda key: open_case(city.url, hand, key, asked[key]), asked), strict=True))
    assert all(found == again[key] for key, found in before.items() if found is not None)
    numbers: dict[str, list[int]] = {"bosai": [], "doboku": []}
    for found in again.values():
        assert found is not None
        numbers[found[0]].append(found[1])
    assert {section: sorted(found) for section, found in numbers.items()} == {
        section: list(range(1, CASES // 2 + 1)) for section in numbers
    }


def open_case(url: str, hand: Mapping[str, str], key: str, section: str) -> tuple[str, int] | None:
    """Section and number of the case; None where no answer came."""
    body = {"by": "太郎", "section": section, "title": key}
    try:
        answer = httpx.post(f"{url}/v1/cases", json=body, headers={"Idempotency-Key": key, **hand}, timeout=60)
    except httpx.TransportError:
        return None
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    assert found["title"] == key
    return found["section"], int(found["id"].rsplit("-", 1)[1])
