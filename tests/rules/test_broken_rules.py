"""`megane check` finds every planted mistake in a folder of broken rule files: its place, and what would be right.

Each file ends with what is wrong in it, a comment a mistake: `# line:column words of the advice`.
"""

import json
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

SABAE = Path(__file__).parents[2] / "cities" / "sabae"
BROKEN = sorted((Path(__file__).parent / "broken").glob("*.yaml"))
MEGANE = str(Path(sys.executable).parent / "megane")
Found = list[tuple[int, int, str]]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sabae's catalog with nothing but broken rules."""
    folder = tmp_path_factory.mktemp("broken") / "city"
    shutil.copytree(SABAE / "catalog", folder / "catalog")
    (folder / "rules").mkdir()
    for file in BROKEN:
        shutil.copy(file, folder / "rules")
    return folder


@pytest.fixture(scope="module", params=["en", "ja"])
def found(city: Path, request: pytest.FixtureRequest) -> tuple[str, dict[str, Found]]:
    """The language, and by file what is said to be wrong."""
    run = subprocess.run(
        [MEGANE, "check", "--city", str(city), "--json"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={"MEGANE_LANG": request.param, "PATH": ""},
    )
    assert run.returncode == 1
    assert "Traceback" not in run.stderr
    by_file: dict[str, Found] = defaultdict(list)
    for mistake in json.loads(run.stdout)["mistakes"]:
        by_file[Path(mistake["file"]).name].append((mistake["line"], mistake["column"], mistake["text"]))
    return request.param, by_file


def planted(file: Path) -> Found:
    written = re.findall(r"^# (\d+):(\d+) (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    return [(int(line), int(column), advice) for line, column, advice in written]


@pytest.mark.parametrize("file", BROKEN, ids=lambda file: file.stem)
def test_what_is_planted_is_found_and_nothing_else(file: Path, found: tuple[str, dict[str, Found]]) -> None:
    language, by_file = found
    wanted = planted(file)
    assert wanted
    said = by_file[file.name]
    assert sorted(place[:2] for place in said) == sorted(place[:2] for place in wanted)
    if language == "en":
        for line, column, advice in wanted:
            assert any((line, column) == place[:2] and advice in place[2] for place in said), said
    else:
        assert all(re.search(r"[ぁ-ん]", text) for _, _, text in said), said


def test_there_are_forty_of_them_at_least() -> None:
    assert len(BROKEN) >= 40
