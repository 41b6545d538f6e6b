"""An exercise in a city that runs: a chief starts it, the mayor approves, and what was done is written down."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from bench.city_process import CityProcess
from bench.waiting import wait_for

PASSWORD = "correct horse battery"
DRILL = {"playbook": "river-3", "title": "大雨の想定", "section": "bosai", "severity": 3, "drill": True}


@pytest.fixture
def city(tmp_path: Path, free_port: Callable[[], int]) -> Iterator[CityProcess]:
    with CityProcess(tmp_path / "home", free_port(), free_port()) as made:
        yield made


@contextmanager
def somebody(city: CityProcess, role: str, unit: str) -> Iterator[httpx.Client]:
    """Who holds that office, signed in; their forms carry the session's mark."""
    new = {"login": f"{role}-{unit}", "name": f"{role} 様", "offices": [{"role": role, "unit": unit}]}
    path = city.api.post("/v1/people", json=new).json()["path"]
    with httpx.Client(base_url=city.url, headers={"origin": city.url}, trust_env=False, timeout=30) as client:
        assert client.post(path, data={"password": PASSWORD}).status_code == httpx.codes.SEE_OTHER
        mark = re.search(r'name="csrf" value="([^"]+)"', client.get("/sensors").text)
        assert mark is not None
        client.headers["x-csrf-token"] = mark[1]
        yield client


def test_an_exercise_is_approved_by_whom_it_asks(city: CityProcess) -> None:
    with (
        somebody(city, "section_chief", "bosai") as chief,
        somebody(city, "section_chief", "doboku") as other,
        somebody(city, "mayor", "") as mayor,
    ):
        ident = chief.post("/v1/runs", json=DRILL, headers={"idempotency-key": "k"}).json()["incident"]

        def asked() -> dict[str, Any] | None:
            found = mayor.get("/v1/approvals", params={"yours": True}).json()["approvals"]
            return dict(found[0]) if found else None

        question = wait_for(asked, "the question to the mayor")
        path = f"/v1/approvals/{question['id']}/answer"
        answer = {"answer": "approved", "digest": question["digest"], "reason": "訓練どおり"}
        assert other.get(f"/v1/incidents/{ident}").status_code == httpx.codes.NOT_FOUND
        assert chief.post(path, json=answer).status_code == httpx.codes.FORBIDDEN
        assert city.api.post(path, json=answer).status_code == httpx.codes.FORBIDDEN
        stale = mayor.post(path, json=answer | {"digest": "0" * 64})
        assert stale.status_code == httpx.codes.CONFLICT
        assert stale.headers["content-type"] == "application/problem+json"
        assert mayor.post(path, json=answer).json()["state"] == "approved"
        assert mayor.post(path, json=answer).status_code == httpx.codes.CONFLICT
        city.kill()
        city.start()
        page = chief.get(f"/incidents/{ident}").text
        for words in ("これは訓練です", "section_chief 様", "承認しました 訓練どおり", "mayor 様"):
            assert words in page
        audit = [line["what"] for line in city.api.get("/v1/audit").json()["lines"]]
        assert {"run started", "approval approved"} <= set(audit)
