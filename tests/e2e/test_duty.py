"""The duty roster from the command line, beside a city that runs."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.city_process import CityProcess
from tests.e2e.test_access import megane


@pytest.fixture
def city(tmp_path: Path, free_port: Callable[[], int]) -> CityProcess:
    return CityProcess(tmp_path / "home", free_port(), free_port())


def test_a_substitute_is_made_seen_and_removed(city: CityProcess) -> None:
    with city:

        def said(*arguments: str) -> str:
            run = megane(city, *arguments)
            assert run.returncode == 0, run.stderr
            return run.stdout

        said("person", "add", "taro", "--name", "鯖江 太郎", "--office", "section_chief@bosai")
        said("person", "add", "hanako", "--name", "鯖江 花子", "--office", "member@bosai")
        chief = ("--role", "section_chief", "--unit", "bosai")
        times = ("--from", "2030-04-01T17:15", "--to", "2030-04-02T08:30")
        span = ("--from", "2030-03-31T00:00")
        assert "全員" in said("duty", "list", *span)

        refused = megane(city, "duty", "add", "hanako", *chief, *times)
        assert refused.returncode == 1
        assert "鯖江 花子 さんは、防災危機管理課の課長・室長ではありません" in refused.stderr

        added = said("duty", "add", "hanako", *chief, *times, "--in-place-of", "taro", "--weeks", "2")
        ids = re.findall(r"[0-9a-f]{16}", added)
        assert len(ids) == 2
        made = json.loads(said("duty", "list", *span, "--json"))["duties"]
        assert [one["id"] for one in made] == ids
        assert made[0]["from"] == "2030-04-01T08:15:00.000Z"  # Japan's time, where none is said
        assert (made[0]["name"], made[0]["in_place_of_name"]) == ("鯖江 花子", "鯖江 太郎")

        table = said("duty", "list", *span)
        assert all(each in table for each in ("2030-04-01 17:15", "課長・室長", "鯖江 花子", "の代理", *ids)), table

        said("duty", "remove", ids[0])
        assert [one["id"] for one in json.loads(said("duty", "list", *span, "--json"))["duties"]] == ids[1:]
        assert "duty removed" in said("audit", "list", "--json")
