"""The checklist of OWASP ASVS in docs/security.md: what it names is there, and no line goes without a word."""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[3]
HEADING = "## OWASP ASVS"


def rows() -> list[list[str]]:
    """The lines of the table, cell by cell, without its head and its headings of chapters."""
    text = (ROOT / "docs/security.md").read_text()
    section = text[text.index(HEADING) :].partition("\n## ")[0]
    cells = [
        [cell.strip() for cell in line.strip("|").split(" | ")] for line in section.splitlines() if line[:1] == "|"
    ]
    return [row for row in cells[2:] if not row[0].startswith("**")]


def named(cell: str) -> list[tuple[str, str]]:
    """Files and tests; `…` stands for the file before."""
    found: list[tuple[str, str]] = []
    for file, test in re.findall(r"`([^`:]+)::(\w+)`", cell):
        found.append((found[-1][0] if file == "…" else file, test))
    return found


@cache
def names_in(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / file).read_text())
    return frozenset(one.name for one in tree.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef))


def test_every_test_that_the_checklist_names_exists() -> None:
    pairs = [pair for row in rows() for cell in row for pair in named(cell)]
    assert len(pairs) > 80
    assert [f"{file}::{test}" for file, test in pairs if test not in names_in(file)] == []


def test_every_line_says_how_it_is_met_and_by_which_test_or_that_none_shows_it() -> None:
    for row in rows():
        assert len(row) == 4, row
        number, asks, here, shown = row
        assert re.match(r"\d+\.\d+", number), row
        assert asks
        assert here
        assert named(shown) or shown.rstrip(" |") == "—", row
