import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).resolve().parents[3]
LINK = re.compile(r"\]\(([^)\s]+)\)")
ELSEWHERE = ("http://", "https://", "mailto:")


def pages() -> list[Path]:
    return [*sorted(ROOT.glob("README*.md")), ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


def links(page: Path) -> Iterator[str]:
    """Every link of a page that leads to a file of the project."""
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if not target.startswith(ELSEWHERE):
            yield target


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_to_a_file(page: Path) -> None:
    assert [link for link in links(page) if not leads_somewhere(page, link)] == []


def leads_somewhere(page: Path, link: str) -> bool:
    path, _, fragment = link.partition("#")
    target = page.parent / unquote(path) if path else page
    return target.exists() and (not fragment or fragment in headings(target))


def headings(page: Path) -> set[str]:
    """The names under which the headings of a page are linked to."""
    lines = page.read_text(encoding="utf-8").splitlines()
    titles = [line.lstrip("#").strip() for line in lines if line.startswith("#")]
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_links_are_found_at_all() -> None:
    assert sum(1 for page in pages() for _ in links(page)) > 50


def test_every_decision_is_listed_once_and_has_a_number_of_its_own() -> None:
    decisions = sorted(page.name for page in (ROOT / "docs" / "adr").glob("[0-9]*.md"))
    numbers = [name[:4] for name in decisions]
    assert len(set(numbers)) == len(numbers)
    assert sorted(links(ROOT / "docs" / "adr" / "README.md")) == decisions
