"""Who is on duty and who acts for whom, as rows on either database."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa

from administration.people.audit import Whole, lines, verify
from administration.people.duty_desk import LONGEST_MS, MOST_WEEKS, WEEK_MS, DutyDesk, DutyError
from administration.people.people import People
from city.catalog import Department
from city.duty import NewDuty
from city.messages.text import Text
from city.principal import CITY, Office, Principal
from city.right import Role
from megane.database import open_database
from tests.support.manual_clock import ManualClock

BOSS = Principal("person:boss", "長")
TREE = {
    "kikaku": Department("kikaku", Text("企画部", "Planning")),
    "bosai": Department("bosai", Text("防災課", "Disaster"), above="kikaku"),
    "doboku": Department("doboku", Text("土木課", "Works")),
}
HOUR_MS = 3_600_000
NOW_MS = 1_700_000_000_000
CHIEF = Role.SECTION_CHIEF


@dataclass
class Hall:
    database: sa.Engine
    clock: ManualClock
    people: People
    desk: DutyDesk

    def somebody(self, login: str, *offices: Office) -> str:
        return self.people.add(login, login.title(), None, offices, BOSS)[0].id

    def add(
        self, person: str, away: str | None = None, *, role: Role = CHIEF, unit: str = "bosai", hours: int = 1
    ) -> str:
        new = NewDuty(person, role, unit, NOW_MS, NOW_MS + hours * HOUR_MS, away)
        return self.desk.add(new, 1, BOSS)[0].id

    def asked(self, role: Role = CHIEF, unit: str = "bosai", at_ms: int = NOW_MS) -> list[str]:
        roster = self.desk.roster(at_ms, at_ms + 1)
        named = roster.on_duty(role, unit, at_ms)
        assert all(roster.acts_as(one, role, unit, at_ms) for one in named)
        return list(named)

    def acts(self, person: str, role: Role = CHIEF, unit: str = "bosai", at_ms: int = NOW_MS) -> bool:
        return self.desk.roster(at_ms, at_ms + 1).acts_as(person, role, unit, at_ms)


@pytest.fixture
def hall(place: Path | sa.URL) -> Iterator[Hall]:
    database, clock = open_database(place), ManualClock(NOW_MS)
    hall = Hall(
        database, clock, People(database, clock, lambda: TREE), DutyDesk(database, database, clock, lambda: TREE)
    )
    hall.somebody("digital", Office(Role.DIGITAL, CITY))
    yield hall
    database.dispose()


def test_who_is_on_duty_is_asked_and_all_are_where_nobody_is(hall: Hall) -> None:
    anna, bert = (hall.somebody(name, Office(CHIEF, "bosai")) for name in ("anna", "bert"))
    hall.somebody("cora", Office(CHIEF, "doboku"))
    assert hall.asked() == [anna, bert]
    ident = hall.add(bert)
    assert hall.asked() == [bert]
    assert hall.acts(anna)  # whoever holds the role may answer, on duty or not
    assert hall.asked(at_ms=NOW_MS + HOUR_MS) == [anna, bert]  # the end is not included
    assert hall.asked(at_ms=NOW_MS - 1) == [anna, bert]
    hall.desk.remove(ident, BOSS)
    assert hall.asked() == [anna, bert]


def test_a_place_is_asked_with_those_above_it(hall: Hall) -> None:
    head, other = (hall.somebody(name, Office(Role.DEPARTMENT_HEAD, "kikaku")) for name in ("head", "other"))
    hall.add(other, role=Role.DEPARTMENT_HEAD, unit="kikaku")
    assert hall.asked(Role.DEPARTMENT_HEAD, "bosai") == [other]
    assert hall.asked(Role.DEPARTMENT_HEAD, "doboku") == []
    assert hall.acts(head, Role.DEPARTMENT_HEAD, "bosai")


def test_a_substitute_answers_for_who_is_away_and_only_so_long(hall: Hall) -> None:
    anna, bert = (hall.somebody(name, Office(CHIEF, "bosai")) for name in ("anna", "bert"))
    dora = hall.somebody("dora", Office(Role.MEMBER, "bosai"))
    assert not hall.acts(dora)
    hall.add(dora, anna)
    assert hall.asked() == [dora, bert]
    assert hall.acts(dora)
    assert not hall.acts(dora, unit="doboku")
    assert not hall.acts(dora, role=Role.DEPARTMENT_HEAD)
    assert not hall.acts(dora, at_ms=NOW_MS + HOUR_MS)
    assert hall.acts(anna)  # who is away and answers all the same is still who they are
    hall.add(anna)
    assert hall.asked() == [dora]  # on duty, and away: represented


def test_substitutes_have_substitutes_and_who_only_stand_for_each_other_are_all_asked(hall: Hall) -> None:
    anna, bert = (hall.somebody(name, Office(CHIEF, "bosai")) for name in ("anna", "bert"))
    dora = hall.somebody("dora")
    hall.add(bert, anna)
    assert hall.asked() == [bert]
    ident = hall.add(dora, bert)
    assert hall.asked() == [dora]
    hall.desk.remove(ident, BOSS)
    hall.add(anna, bert)
    assert hall.asked() == [anna, bert]


def test_who_is_disabled_is_neither_asked_nor_acts(hall: Hall) -> None:
    anna, bert = (hall.somebody(name, Office(CHIEF, "bosai")) for name in ("anna", "bert"))
    dora = hall.somebody("dora")
    hall.add(bert)
    hall.people.disable(bert, BOSS)
    assert hall.asked() == [anna]
    hall.add(dora, anna)
    assert hall.asked() == [dora]
    hall.people.disable(dora, BOSS)
    assert hall.asked() == [anna]
    assert not hall.acts(dora)
    assert not hall.acts(bert)
    with pytest.raises(DutyError):
        hall.add(dora, anna)


def test_who_has_left_is_represented_until_there_is_a_successor(hall: Hall) -> None:
    mayor = hall.somebody("mayor", Office(Role.MAYOR, CITY))
    deputy = hall.somebody("deputy", Office(Role.CIO, CITY))
    hall.people.disable(mayor, BOSS)
    assert hall.asked(Role.MAYOR, "bosai") == []
    hall.add(deputy, mayor, role=Role.MAYOR, unit=CITY)
    assert hall.asked(Role.MAYOR, "bosai") == [deputy]


def test_every_week_is_an_entry_of_its_own(hall: Hall) -> None:
    anna = hall.somebody("anna", Office(CHIEF, "bosai"))
    hall.somebody("bert", Office(CHIEF, "bosai"))
    made = hall.desk.add(NewDuty(anna, CHIEF, "bosai", NOW_MS, NOW_MS + HOUR_MS), 3, BOSS)
    assert [one.from_ms for one in made] == [NOW_MS + week * WEEK_MS for week in range(3)]
    assert hall.desk.between(NOW_MS, NOW_MS + 3 * WEEK_MS) == made
    assert hall.desk.between(NOW_MS + HOUR_MS, NOW_MS + WEEK_MS) == []
    assert hall.desk.between(NOW_MS + HOUR_MS - 1, NOW_MS + WEEK_MS + 1) == made[:2]
    hall.desk.remove(made[1].id, BOSS)
    assert hall.asked(at_ms=NOW_MS + 2 * WEEK_MS) == [anna]
    assert len(hall.asked(at_ms=NOW_MS + WEEK_MS)) == 2


def test_what_cannot_be_is_refused_and_nothing_stands_there(hall: Hall) -> None:
    anna, dora = hall.somebody("anna", Office(CHIEF, "bosai")), hall.somebody("dora")
    end_ms = NOW_MS + HOUR_MS
    good = NewDuty(dora, CHIEF, "bosai", NOW_MS, end_ms, anna)
    before = len(lines(hall.database, None, 100))
    for new, weeks, by in (
        (good, 1, Principal(f"person:{dora}", "Dora")),  # nobody makes themselves a substitute
        (good, 0, BOSS),
        (good, MOST_WEEKS + 1, BOSS),
        (NewDuty(dora, CHIEF, "bosai", NOW_MS, NOW_MS + WEEK_MS + 1, anna), 2, BOSS),
        (NewDuty(dora, CHIEF, "bosai", NOW_MS, NOW_MS, anna), 1, BOSS),
        (NewDuty(dora, CHIEF, "bosai", NOW_MS, NOW_MS + LONGEST_MS + 1, anna), 1, BOSS),
        (NewDuty(dora, CHIEF, "nowhere", NOW_MS, end_ms, anna), 1, BOSS),
        (NewDuty(dora, CHIEF, "doboku", NOW_MS, end_ms, anna), 1, BOSS),  # the one who is away is no chief there
        (NewDuty(dora, CHIEF, "bosai", NOW_MS, end_ms), 1, BOSS),  # nor is who is to be on duty
        (NewDuty(anna, CHIEF, "bosai", NOW_MS, end_ms, anna), 1, BOSS),
        (NewDuty("nobody", CHIEF, "bosai", NOW_MS, end_ms, anna), 1, BOSS),
        (NewDuty(dora, CHIEF, "bosai", NOW_MS, end_ms, "nobody"), 1, BOSS),
    ):
        with pytest.raises(DutyError):
            hall.desk.add(new, weeks, by)
    with pytest.raises(DutyError):
        hall.desk.remove("nothing", BOSS)
    assert hall.desk.between(0, NOW_MS + LONGEST_MS) == []
    assert len(lines(hall.database, None, 100)) == before
    hall.desk.add(good, 1, BOSS)


def test_the_audit_log_has_who_was_made_a_substitute_for_whom(hall: Hall) -> None:
    anna, dora = hall.somebody("anna", Office(CHIEF, "bosai")), hall.somebody("dora")
    hall.desk.remove(hall.add(dora, anna), BOSS)
    told = "dora in place of anna section_chief@bosai 2023-11-14T22:13+00:00/2023-11-14T23:13+00:00"
    newest = lines(hall.database, None, 2)
    assert [(one.who, one.what, one.about) for one in newest] == [
        ("person:boss", "duty removed", told),
        ("person:boss", "duty added", f"{told} weeks=1"),
    ]
    assert isinstance(verify(hall.database), Whole)
