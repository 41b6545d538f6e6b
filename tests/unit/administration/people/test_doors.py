"""Who comes in, and who does not: passwords, links, sessions, tokens."""

from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher

from administration.people.audit import Whole, lines, verify
from administration.people.doors import IDLE_MS, LONGEST_MS, Doors
from administration.people.passwords import (
    LONGEST,
    PER_ADDRESS,
    PER_PAIR,
    SHORTEST,
    WINDOW_MS,
    PasswordError,
    Passwords,
)
from administration.people.people import LINK_MS, People, PeopleError, Person
from administration.people.tables import link, person, session, token
from administration.people.tokens import DAY_MS, Tokens
from administration.tables import metadata
from city.catalog import Department
from city.messages.text import Text
from city.principal import CITY, Office, Principal
from city.right import Right, Role, Scope
from city.security_event import SecurityKind
from city.session import Refused, SignedIn, Throttled
from tests.support.manual_clock import ManualClock

GOOD = "correct horse battery"
HERE = "192.0.2.7"
BOSS = Principal("person:boss", "長")
TREE = {"bosai": Department("bosai", Text("防災", "Disaster"))}


@dataclass
class House:
    database: sa.Engine
    clock: ManualClock
    people: People
    tokens: Tokens
    doors: Doors
    told: list[tuple[str, str, str]]

    def somebody(self, login: str = "taro", *offices: Office, mail: str | None = None) -> Person:
        """Who has set their password."""
        one, secret = self.people.add(login, "鯖江 太郎", mail, offices or (Office(Role.MEMBER, "bosai"),), BOSS)
        assert isinstance(self.doors.redeem(secret, GOOD, HERE), SignedIn)
        return one

    def signed_in(self, login: str = "taro") -> str:
        found = self.doors.sign_in(login, GOOD, HERE)
        assert isinstance(found, SignedIn)
        return found.secret


@pytest.fixture
def house() -> House:
    database = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    metadata.create_all(database)
    clock = ManualClock(1_700_000_000_000)
    tokens = Tokens(database, database, clock)
    # As weak as argon2 can be: how hard passwords are is not what is tried here.
    passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    told: list[tuple[str, str, str]] = []

    def tell(kind: SecurityKind, device: str = "", detail: str = "") -> None:
        told.append((kind, device, detail))

    doors = Doors(database, database, clock, tokens, passwords, tell)
    return House(database, clock, People(database, clock, lambda: TREE), tokens, doors, told)


def test_a_password_opens_a_session_and_another_does_not(house: House) -> None:
    one = house.somebody()
    found = house.doors.session(house.signed_in())
    assert found is not None
    assert found.principal == Principal(f"person:{one.id}", "鯖江 太郎", (Office(Role.MEMBER, "bosai"),))
    assert house.doors.sign_in(" TARO ", GOOD, HERE) != Refused()  # as a phone's keyboard writes it
    assert house.doors.sign_in("taro", GOOD + "x", HERE) == Refused()
    assert house.doors.sign_in("hanako", GOOD, HERE) == Refused()
    assert house.doors.session("made up") is None


def test_no_secret_is_kept_as_it_is(house: House) -> None:
    _, link_secret = house.people.add("hanako", "花子", None, (), BOSS)
    house.somebody()
    secret, (_, token_secret) = house.signed_in(), house.tokens.make("script", Scope.READ, 1, BOSS)
    with house.database.connect() as connection:
        kept = repr([connection.execute(sa.select(table)).all() for table in (person, session, link, token)])
        kept += repr(lines(house.database, None, 100))
    assert not [each for each in (GOOD, secret, link_secret, token_secret) if each in kept]


def test_a_link_is_good_once_and_for_a_time(house: House) -> None:
    _, secret = house.people.add("taro", "太郎", None, (), BOSS)
    assert house.doors.owner_of(secret) == "太郎"
    for short in ("", "x" * (SHORTEST - 1), "x" * (LONGEST + 1)):
        with pytest.raises(PasswordError):
            house.doors.redeem(secret, short, HERE)
    assert isinstance(house.doors.redeem(secret, GOOD, HERE), SignedIn)
    assert house.doors.redeem(secret, GOOD, HERE) == Refused()
    assert house.doors.owner_of(secret) is None

    _, late = house.people.add("hanako", "花子", None, (), BOSS)
    house.clock.advance(LINK_MS / 1000)
    assert house.doors.redeem(late, GOOD, HERE) == Refused()


def test_a_new_password_ends_the_sessions_of_the_old_one(house: House) -> None:
    one = house.somebody()
    old = house.signed_in()
    first = house.people.new_link(one.id, BOSS)
    second = house.people.new_link(one.id, BOSS)
    assert house.doors.redeem(first, GOOD + "2", HERE) == Refused()
    assert isinstance(house.doors.redeem(second, GOOD + "2", HERE), SignedIn)
    assert house.doors.session(old) is None
    assert house.doors.sign_in("taro", GOOD, HERE) == Refused()


def test_a_session_ends_when_nobody_uses_it_and_at_the_latest_after_a_week(house: House) -> None:
    house.somebody()
    secret = house.signed_in()
    house.clock.advance((IDLE_MS - 1) / 1000)
    assert house.doors.session(secret) is not None
    house.clock.advance(IDLE_MS / 1000)
    assert house.doors.session(secret) is None

    secret, began_ms = house.signed_in(), house.clock.now_ms()
    while house.clock.now_ms() + IDLE_MS // 2 < began_ms + LONGEST_MS:
        house.clock.advance(IDLE_MS // 2 / 1000)
        assert house.doors.session(secret) is not None
    house.clock.advance(IDLE_MS // 2 / 1000)
    assert house.doors.session(secret) is None


def test_who_signs_out_is_out_with_every_copy_of_the_cookie(house: House) -> None:
    house.somebody()
    secret, other = house.signed_in(), house.signed_in()
    house.doors.sign_out(secret)
    house.doors.sign_out(secret)
    assert house.doors.session(secret) is None
    assert house.doors.session(other) is not None


def test_who_is_disabled_is_out_at_once_and_comes_back_by_a_link(house: House) -> None:
    house.somebody("chief", Office(Role.DIGITAL, CITY))
    one = house.somebody()
    secret = house.signed_in()
    assert house.people.disable(one.id, BOSS).disabled_ms == house.clock.now_ms()
    assert house.doors.session(secret) is None
    assert house.doors.sign_in("taro", GOOD, HERE) == Refused()
    assert isinstance(house.doors.redeem(house.people.new_link(one.id, BOSS), GOOD, HERE), SignedIn)


def test_offices_change_under_a_session(house: House) -> None:
    house.somebody("chief", Office(Role.DIGITAL, CITY))
    one = house.somebody()
    secret = house.signed_in()
    house.people.change(one.id, "鯖江 太郎", None, [Office(Role.SECTION_CHIEF, "bosai")], BOSS)
    found = house.doors.session(secret)
    assert found is not None
    assert found.principal.may(Right.SILENCE, "bosai", TREE)


def test_the_last_who_looks_after_people_stays(house: House) -> None:
    one = house.somebody("chief", Office(Role.DIGITAL, CITY))
    with pytest.raises(PeopleError):
        house.people.disable(one.id, BOSS)
    with pytest.raises(PeopleError):
        house.people.change(one.id, "x", None, [], BOSS)
    assert house.people.all()[0].offices == (Office(Role.DIGITAL, CITY),)


@pytest.mark.parametrize(
    ("login", "name", "offices"),
    [
        ("", "x", ()),
        ("a b", "x", ()),
        ("あ", "x", ()),
        ("a" * 65, "x", ()),
        ("ok", " ", ()),
        ("ok", "x", (Office(Role.MEMBER, "nowhere"),)),
        ("taro", "x", ()),
    ],
    ids=["empty", "space", "kana", "long", "nameless", "nowhere", "taken"],
)
def test_who_cannot_be_added_is_not(house: House, login: str, name: str, offices: tuple[Office, ...]) -> None:
    house.somebody()
    before = verify(house.database)
    with pytest.raises(PeopleError):
        house.people.add(login, name, None, offices, BOSS)
    assert [one.login for one in house.people.all()] == ["taro"]
    assert verify(house.database) == before


def test_the_first_administrator_gets_a_link_until_somebody_can_sign_in(house: House) -> None:
    first = house.people.first_link()
    second = house.people.first_link()
    assert first is not None
    assert second is not None
    assert house.doors.redeem(first, GOOD, HERE) == Refused()
    assert isinstance(house.doors.redeem(second, GOOD, HERE), SignedIn)
    assert house.people.first_link() is None
    assert [one.login for one in house.people.all()] == ["admin"]


def test_who_guesses_is_heard_no_more_and_the_owner_elsewhere_is(house: House) -> None:
    house.somebody()
    for _ in range(PER_PAIR):
        assert house.doors.sign_in("taro", "guess", "198.51.100.1") == Refused()
    assert house.doors.sign_in("taro", GOOD, "198.51.100.1") == Throttled(WINDOW_MS // 1000)
    assert isinstance(house.doors.sign_in("taro", GOOD, HERE), SignedIn)
    house.clock.advance(WINDOW_MS / 1000)
    assert isinstance(house.doors.sign_in("taro", GOOD, "198.51.100.1"), SignedIn)


def test_who_tries_many_names_is_heard_no_more(house: House) -> None:
    for n in range(PER_ADDRESS):
        assert house.doors.sign_in(f"name{n}", "guess", "198.51.100.1") == Refused()
    assert isinstance(house.doors.sign_in("other", "guess", "198.51.100.1"), Throttled)


def test_a_token_opens_what_its_scope_says_until_it_ends_or_is_revoked(house: House) -> None:
    made, secret = house.tokens.make("Grafana", Scope.READ, 30, BOSS)
    found = house.doors.token(secret)
    assert found == Principal(f"token:{made.id}", "Grafana", scope=Scope.READ)
    assert house.tokens.all()[0].used_ms == house.clock.now_ms()
    house.clock.advance(30 * DAY_MS / 1000)
    assert house.doors.token(secret) is None

    made, secret = house.tokens.make("Script", Scope.WRITE, 1, BOSS)
    house.tokens.revoke(made.id, BOSS)
    assert house.doors.token(secret) is None
    assert house.doors.token("made up") is None
    with pytest.raises(PeopleError):
        house.tokens.revoke("made up", BOSS)
    for days in (0, 401):
        with pytest.raises(PeopleError):
            house.tokens.make("x", Scope.READ, days, BOSS)


def test_the_providers_word_is_taken_for_whom_the_city_knows(house: House) -> None:
    house.somebody("taro", Office(Role.DIGITAL, CITY), mail="taro@example.jp")
    doors = house.doors
    assert doors.by_provider("https://id\n1", "other@example.jp", HERE) == Refused()
    assert doors.by_provider("https://id\n1", None, HERE) == Refused()
    assert isinstance(doors.by_provider("https://id\n1", "Taro@example.jp", HERE), SignedIn)
    # From now on it is the subject that counts: neither another address of theirs nor another who has theirs.
    assert isinstance(doors.by_provider("https://id\n1", None, HERE), SignedIn)
    assert doors.by_provider("https://id\n2", "taro@example.jp", HERE) == Refused()


def test_whoever_is_refused_is_told_of_and_what_they_typed_is_not(house: House) -> None:
    house.somebody("taro", mail="taro@example.jp")
    typed = "my secret passphrase"  # into the wrong field
    house.doors.sign_in(typed, GOOD + "x", HERE)
    for _ in range(PER_PAIR + 1):
        house.doors.sign_in("taro", GOOD + "x", HERE)
    house.doors.by_provider("https://id\n1", "nobody@example.jp", HERE)
    house.doors.redeem("made-up-secret", GOOD + "x", HERE)
    kinds = [(kind, whom) for kind, whom, _ in house.told]
    assert kinds == [
        (SecurityKind.SIGN_IN_REFUSED, ""),
        *[(SecurityKind.SIGN_IN_REFUSED, "taro")] * PER_PAIR,
        (SecurityKind.SIGN_IN_THROTTLED, "taro"),
        (SecurityKind.SIGN_IN_REFUSED, ""),
        (SecurityKind.SIGN_IN_REFUSED, ""),
    ]
    kept = repr(house.told) + repr(lines(house.database, None, 100))
    assert "my…" in kept
    assert all(HERE in detail for _, _, detail in house.told)
    for secret in (typed, typed[:4], GOOD, "made-up-secret"):
        assert secret not in kept


def test_to_look_at_a_session_does_not_prolong_it(house: House) -> None:
    house.somebody()
    secret = house.signed_in()
    house.clock.advance((IDLE_MS - 1) / 1000)
    assert house.doors.session(secret, used=False) is not None
    house.clock.advance(1 / 1000)
    assert house.doors.session(secret, used=False) is None


def test_what_happened_at_the_doors_stands_in_the_audit_log(house: House) -> None:
    one = house.somebody()
    house.doors.sign_in("taro", "guess", HERE)
    house.doors.sign_out(house.signed_in())
    made, _ = house.tokens.make("script", Scope.ADMIN, 1, BOSS)
    house.tokens.revoke(made.id, BOSS)
    told = [(line.who, line.what) for line in reversed(lines(house.database, None, 100))]
    who = f"person:{one.id}"
    assert told == [
        (BOSS.id, "person added"),
        (who, "password set by link"),
        ("nobody", "sign-in refused"),
        (who, "signed in by password"),
        (who, "signed out"),
        (BOSS.id, "token made"),
        (BOSS.id, "token revoked"),
    ]
    assert isinstance(verify(house.database), Whole)
