import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from city.errors import MistakesError
from ingest.journal.writer import Journal
from megane.city_files import read_folder
from megane.in_force import InForce, journal_what_is_new, load_city
from megane.rule_reload import RuleReload
from tests.support.manual_clock import ManualClock
from tests.support.rule_city import rule_text

SABAE = Path(__file__).parents[3] / "cities" / "sabae"
NEW = rule_text(id="new", raise_="last() >= 1")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A city with Sabae's catalog and two rules of its own."""
    shutil.copytree(SABAE / "catalog", tmp_path / "city" / "catalog")
    rules = tmp_path / "city" / "rules"
    rules.mkdir()
    (rules / "a.yaml").write_text(rule_text(id="kept"))
    (rules / "b.yaml").write_text(rule_text(id="other"))
    return tmp_path / "city"


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal(tmp_path / "journal.sqlite")
    yield journal
    journal.close()


@pytest.fixture
def in_force(folder: Path, journal: Journal) -> InForce:
    catalog, rules = read_folder(folder, "catalog"), read_folder(folder, "rules")
    journal_what_is_new(journal, journal.reader, 1, catalog, rules)
    return load_city(catalog, rules, "megane")


@pytest.fixture
def reload(folder: Path, journal: Journal, in_force: InForce) -> RuleReload:
    return RuleReload(folder, in_force, journal, ManualClock(5))


def test_what_is_new_changed_and_gone_is_told_and_stands_in_the_journal(
    folder: Path, journal: Journal, in_force: InForce, reload: RuleReload
) -> None:
    (folder / "rules" / "b.yaml").write_text(rule_text(id="other", raise_="last() >= 9"))
    (folder / "rules" / "c.yaml").write_text(NEW)
    change = reload.reload()
    assert (change.new, change.changed, change.gone) == (("new",), ("other",), ())
    assert change.position == journal.reader.last()
    entry = journal.reader.rules_at(journal.reader.last())
    assert entry is not None
    assert set(entry.files) == {"rules/a.yaml", "rules/b.yaml", "rules/c.yaml"}
    assert in_force.rules()["other"].raise_.text == "last() >= 9"
    (folder / "rules" / "a.yaml").unlink()
    assert reload.reload().gone == ("kept",)
    assert set(in_force.rules()) == {"other", "new"}


def test_the_same_rules_again_write_nothing(journal: Journal, reload: RuleReload) -> None:
    before = journal.reader.last()
    assert reload.reload().position is None
    assert journal.reader.last() == before


def test_one_wrong_rule_and_nothing_changes(
    folder: Path, journal: Journal, in_force: InForce, reload: RuleReload
) -> None:
    before, rules = journal.reader.last(), dict(in_force.rules())
    (folder / "rules" / "c.yaml").write_text(NEW)
    (folder / "rules" / "b.yaml").write_text(rule_text(id="other", raise_="lst() >= 9"))
    with pytest.raises(MistakesError) as caught:
        reload.reload()
    [mistake] = caught.value.mistakes
    assert (mistake.place.file, mistake.place.line) == ("rules/b.yaml", 5)
    assert journal.reader.last() == before
    assert in_force.rules() == rules


def test_a_rule_that_matches_no_sensor_is_reported_and_comes_into_force(folder: Path, reload: RuleReload) -> None:
    (folder / "rules" / "c.yaml").write_text(
        NEW.replace("{quantity: water_level}", "{quantity: water_level, site: [toba], area: [kawada]}")
    )
    change = reload.reload()
    assert change.new == ("new",)
    assert [warning.key for warning in change.warnings] == ["alerts.rule_selects_nothing"]


def test_other_words_for_the_same_condition_are_a_change(folder: Path, reload: RuleReload) -> None:
    (folder / "rules" / "b.yaml").write_text(rule_text(id="other", title="{ja: ほか, en: Other}"))
    assert reload.reload().changed == ("other",)
