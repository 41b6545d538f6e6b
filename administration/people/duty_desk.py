"""The roster as rows: entries made, removed and read, each change in the audit log."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

import sqlalchemy as sa

from administration.people.audit import append
from administration.people.people import Person, read_people
from administration.people.roster import Roster
from administration.people.tables import duty
from administration.transaction import transaction
from city.catalog import Department
from city.clock import Clock
from city.duty import Duty, NewDuty
from city.errors import UserError
from city.messages import CATALOGUE
from city.principal import CITY, Principal
from city.right import Role

WEEK_MS: Final = 7 * 86_400_000  # of Japan's calendar too: its clocks are never put forward or back
LONGEST_MS: Final = 366 * 86_400_000  # a year's leave; who is away for longer has a successor
MOST_WEEKS: Final = 53  # a year, as a fiscal year's roster is drawn up


class DutyError(UserError):
    """What was asked cannot stand in the roster."""


class DutyDesk:
    """Blocking; durable on return. Whether somebody may change the roster is asked at the door (`Right.PEOPLE`).

    reading: an engine that only reads
    """

    def __init__(
        self,
        database: sa.Engine,
        reading: sa.Engine,
        clock: Clock,
        tree: Callable[[], Mapping[str, Department]],
    ) -> None:
        self._database = database
        self._reading = reading
        self._clock = clock
        self._tree = tree

    def between(self, from_ms: int, until_ms: int) -> Sequence[Duty]:
        """Entries in force at some time from `from_ms` (included) until `until_ms` (not), by their beginning."""
        with transaction(self._reading) as connection:
            return _read(connection, from_ms, until_ms)

    def roster(self, from_ms: int, until_ms: int) -> Roster:
        """Everybody, with those entries, as of one moment."""
        with transaction(self._reading) as connection:
            return read_roster(connection, from_ms, until_ms, self._tree())

    def add(self, new: NewDuty, weeks: int, by: Principal) -> Sequence[Duty]:
        """The entry, in each of so many weeks from the first on. Raises DutyError, and then none stands there."""
        self._check(new, weeks, by)
        now_ms = self._clock.now_ms()
        with transaction(self._database) as connection:
            people = {one.id: one for one in read_people(connection)}
            self._check_people(new, people)
            rows = [
                {
                    "id": secrets.token_hex(8),
                    "person": new.person,
                    "role": new.role,
                    "unit": new.unit,
                    "from_ms": new.from_ms + week * WEEK_MS,
                    "until_ms": new.until_ms + week * WEEK_MS,
                    "in_place_of": new.in_place_of,
                    "made_ms": now_ms,
                    "made_by": by.id,
                }
                for week in range(weeks)
            ]
            connection.execute(duty.insert(), rows)
            append(connection, now_ms, by.id, by.name, "duty added", f"{_told(new, people)} weeks={weeks}")
        return [_entry(row) for row in rows]

    def remove(self, ident: str, by: Principal) -> Duty:
        """It stands there no more; who acted by it acts no more from now on. Raises DutyError."""
        with transaction(self._database) as connection:
            row = connection.execute(sa.select(duty).where(duty.c.id == ident)).mappings().first()
            if row is None:
                raise DutyError("duty.unknown", duty=ident[:80])
            entry = _entry(row)
            connection.execute(duty.delete().where(duty.c.id == ident))
            people = {one.id: one for one in read_people(connection)}
            append(connection, self._clock.now_ms(), by.id, by.name, "duty removed", _told(entry, people))
            return entry

    def _check(self, new: NewDuty, weeks: int, by: Principal) -> None:
        tree = self._tree()
        if new.unit != CITY and new.unit not in tree:
            raise DutyError("people.unknown_unit", unit=new.unit[:80], known=", ".join(tree))
        if not 0 < new.until_ms - new.from_ms <= LONGEST_MS:
            raise DutyError("duty.span", days=LONGEST_MS // 86_400_000)
        if not 1 <= weeks <= MOST_WEEKS:
            raise DutyError("duty.weeks", weeks=weeks, most=MOST_WEEKS)
        if weeks > 1 and new.until_ms - new.from_ms > WEEK_MS:
            raise DutyError("duty.overlapping_weeks")
        if new.in_place_of is not None and by.id == f"person:{new.person}":
            raise DutyError("duty.own_substitute")

    def _check_people(self, new: NewDuty, people: Mapping[str, Person]) -> None:
        for ident in (new.person, new.in_place_of):
            if ident is not None and ident not in people:
                raise DutyError("people.unknown", person=ident[:80])
        if new.in_place_of == new.person:
            raise DutyError("duty.same_person")
        one = people[new.person]
        if one.disabled_ms is not None:
            raise DutyError("duty.disabled", name=one.name)
        # Who has left can still be represented: in_place_of may be disabled.
        holder = people[new.in_place_of or new.person]
        if not holder.principal.holds(new.role, new.unit, self._tree()):
            place = CATALOGUE["access.page.city"] if new.unit == CITY else self._tree()[new.unit].title
            role = CATALOGUE[f"access.role.{new.role}"]
            raise DutyError("duty.no_holder", name=holder.name, role=role, place=place)


def read_roster(connection: sa.Connection, from_ms: int, until_ms: int, tree: Mapping[str, Department]) -> Roster:
    """The roster with the entries of that time, in the caller's transaction."""
    return Roster(read_people(connection), _read(connection, from_ms, until_ms), tree)


def _read(connection: sa.Connection, from_ms: int, until_ms: int) -> list[Duty]:
    wanted = sa.select(duty).where(duty.c.from_ms < until_ms, duty.c.until_ms > from_ms)
    rows = connection.execute(wanted.order_by(duty.c.from_ms, duty.c.id)).mappings()
    return [_entry(row) for row in rows]


def _entry(row: Mapping[str, object] | sa.RowMapping) -> Duty:
    return Duty(**{**row, "role": Role(str(row["role"]))})


def _told(new: NewDuty, people: Mapping[str, Person]) -> str:
    """In one line, as the audit log has it."""
    begin, end = (
        datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="minutes") for ms in (new.from_ms, new.until_ms)
    )
    away = f" in place of {people[new.in_place_of].login}" if new.in_place_of is not None else ""
    return f"{people[new.person].login}{away} {new.role}@{new.unit or '*'} {begin}/{end}"
