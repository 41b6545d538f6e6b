"""The page about Sabae's business adds up, and tells of every playbook."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "business.ja.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| \S+ \| (`.*`) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \| ([\d.]+) \|$", re.MULTILINE)
TOTAL = re.compile(r"^\| 合計 \|.*\| ([\d.]+) \|$", re.MULTILINE)


def test_what_is_saved_follows_from_the_assumptions_beside_it() -> None:
    hours = []
    for _, times, people, before, after, said in ROW.findall(PAGE):
        hours.append(int(times) * int(people) * (int(before) - int(after)) / 60)
        assert said == f"{hours[-1]:.1f}"
        assert f"{said} 時間" in PAGE.split("---\n\n## 川の水位")[1]
    assert len(hours) == 8
    (total,) = TOTAL.findall(PAGE)
    assert total == f"{sum(hours):.1f}"


def test_every_playbook_is_told_of() -> None:
    told = {name for row in ROW.findall(PAGE) for name in re.findall(r"`([a-z0-9-]+)`", row[0])}
    assert told == {file.stem for file in (ROOT / "cities" / "sabae" / "playbooks").glob("*.yaml")}
