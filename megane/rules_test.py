"""`megane rules test`: the tests in rule files, and rule scripts, run through the engine of a live city."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
from rich.console import Console

from alerts.rule_file import load_rules
from alerts.rule_test import run_rule_tests
from alerts.script.file import read_script
from alerts.script.run import run_script
from city.catalog import Catalog
from city.catalog_file import load_catalog
from city.errors import Mistake, MistakesError, UserError
from city.messages import say
from city.messages.text import Lang
from megane.city_files import city_above, read_folder, read_rules, read_scripts


class RulesTestError(UserError):
    """Tests failed, or it is not known which city they are for."""


class Tested(msgspec.Struct, frozen=True):
    """One test: which rule's or which case, where it stands, and what differs (empty where it passed).

    rule: the rule whose test it is; "" for a case of a script
    case: the title of a script's case; "" for a test in a rule file
    """

    rule: str
    case: str
    place: str
    passed: bool
    diff: str


class Cities:
    """The catalogs of the cities that tests are for, each read once."""

    def __init__(self, city: Path | None) -> None:
        """`city`: the folder that was asked for; None: the one that a file stands in."""
        self._city = city
        self._catalogs: dict[Path, Catalog] = {}

    def of_file(self, path: Path) -> Catalog | None:
        """Of a file or folder; None where it stands in no city's folder."""
        folder = self._city or city_above(path)
        return None if folder is None else self.at(folder)

    def at(self, folder: Path) -> Catalog:
        """Of a city's folder."""
        folder = folder.resolve()
        if folder not in self._catalogs:
            self._catalogs[folder] = load_catalog(read_folder(folder, "catalog"))
        return self._catalogs[folder]


def run_rules_test(paths: Sequence[Path], city: Path | None, *, as_json: bool, lang: Lang) -> None:
    """Runs every test at or below `paths`. Raises RulesTestError when one fails, after showing what differs."""
    cities = Cities(city)
    results: list[Tested] = []
    rules = untested = 0
    for path in paths:
        files, scripts = read_rules(path), read_scripts(path)
        if files:
            catalog = cities.of_file(path)
            if catalog is None:
                raise RulesTestError("megane.rules-test-no-city", path=str(path))
            loaded = load_rules(files, catalog)
            rules += len(loaded)
            untested += sum(not rule.tests for rule in loaded)
            results += [Tested(r.rule, "", str(r.place), r.passed, r.diff()) for r in run_rule_tests(loaded, catalog)]
        results += _scripts(scripts, cities)
    failed = [result for result in results if not result.passed]
    console = Console(highlight=False, markup=False, soft_wrap=True)
    if as_json:
        print(msgspec.json.encode(results).decode())  # noqa: T201  the command's result
    else:
        for result in failed:
            console.print(result.diff)
        console.print(
            say("megane.rules-tested", lang, tests=len(results), failed=len(failed), rules=rules, untested=untested)
        )
    if failed:
        raise RulesTestError("megane.rules-test-failed", count=len(failed))


def _scripts(scripts: Mapping[Path, str], cities: Cities) -> Iterator[Tested]:
    """Every case of every script. Raises MistakesError with what is wrong in any of them, before a case is run."""
    mistakes: list[Mistake] = []
    read = [(file, read_script(text, file.as_posix(), mistakes)) for file, text in scripts.items()]
    if mistakes:
        raise MistakesError(mistakes)
    for file, script in read:
        folder = file.parent
        city = cities.at(folder / script.city) if script.city else cities.of_file(file)
        rules = {path: read_rules(folder / path) for path in script.rule_paths()}
        for r in run_script(script, city, rules):
            yield Tested("", r.title, str(r.place), r.passed, r.diff())
