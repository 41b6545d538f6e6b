"""`megane rules test`: the tests that stand in rule files, run through the engine of a live city."""

from pathlib import Path

import msgspec
from rich.console import Console

from alerts.rule_file import load_rules
from alerts.rule_test import run_rule_tests
from city.catalog_file import load_catalog
from city.errors import UserError
from city.messages import say
from city.messages.text import Lang
from megane.city_files import city_above, read_folder, read_rules


class RulesTestError(UserError):
    """Tests failed, or it is not known which city they are for."""


class Tested(msgspec.Struct, frozen=True):
    """One test: which rule's, where it stands, and what differs (empty where it passed)."""

    rule: str
    place: str
    passed: bool
    diff: str


def run_rules_test(path: Path, city: Path | None, *, as_json: bool, lang: Lang) -> None:
    """Runs every test below `path`. Raises RulesTestError when one fails, after showing what differs."""
    folder = city or city_above(path)
    if folder is None:
        raise RulesTestError("megane.rules-test-no-city", path=str(path))
    catalog = load_catalog(read_folder(folder, "catalog"))
    rules = load_rules(read_rules(path), catalog)
    results = [Tested(r.rule, str(r.place), r.passed, r.diff()) for r in run_rule_tests(rules, catalog)]
    failed = [result for result in results if not result.passed]
    console = Console(highlight=False, markup=False, soft_wrap=True)
    if as_json:
        print(msgspec.json.encode(results).decode())  # noqa: T201  the command's result
    else:
        for result in failed:
            console.print(result.diff)
        untested = sum(not rule.tests for rule in rules)
        console.print(
            say(
                "megane.rules-tested", lang, tests=len(results), failed=len(failed), rules=len(rules), untested=untested
            )
        )
    if failed:
        raise RulesTestError("megane.rules-test-failed", count=len(failed))
