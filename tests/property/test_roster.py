"""Rosters of any kind: whoever is asked may answer, and somebody is asked wherever somebody could answer."""

from hypothesis import given
from hypothesis import strategies as st

from administration.people.people import Person
from administration.people.roster import Roster
from city.catalog import Department
from city.duty import Duty
from city.messages.text import Text
from city.principal import CITY, Office
from city.right import Role

ROLES = (Role.SECTION_CHIEF, Role.MAYOR)
TREE = {
    "bu": Department("bu", Text("部", "Department")),
    "ka": Department("ka", Text("課", "Section"), above="bu"),
    "yoso": Department("yoso", Text("よそ", "Elsewhere")),
}
PLACES = (CITY, *TREE)
PEOPLE = tuple("abcde")
TIMES = st.integers(0, 5)

offices = st.builds(Office, st.sampled_from(ROLES), st.sampled_from(PLACES))
people = st.tuples(
    *(
        st.builds(
            lambda ident, held, disabled: Person(
                ident, ident, ident, None, tuple(held), 0, 1 if disabled else None, can_sign_in=True
            ),
            st.just(ident),
            st.lists(offices, max_size=2),
            st.sampled_from([False, False, True]),
        )
        for ident in PEOPLE
    )
)
entries = st.lists(
    st.builds(
        lambda person, role, unit, begin, length, away: Duty(person, role, unit, begin, begin + length, away),
        st.sampled_from(PEOPLE),
        st.sampled_from(ROLES),
        st.sampled_from(PLACES),
        TIMES,
        st.integers(1, 3),
        st.none() | st.sampled_from(PEOPLE),
    ),
    max_size=8,
)


@given(people=people, entries=entries, role=st.sampled_from(ROLES), unit=st.sampled_from(PLACES), at_ms=TIMES)
def test_whoever_is_asked_may_answer_and_somebody_is_where_somebody_may(
    people: tuple[Person, ...], entries: list[Duty], role: Role, unit: str, at_ms: int
) -> None:
    roster = Roster(people, entries, TREE)
    asked = roster.on_duty(role, unit, at_ms)
    may = {one.id for one in people if roster.acts_as(one.id, role, unit, at_ms)}
    assert len(set(asked)) == len(asked)
    assert set(asked) <= may
    assert bool(asked) == bool(may)
    assert may <= {one.id for one in people if one.disabled_ms is None}


@given(people=people, entries=entries, role=st.sampled_from(ROLES), unit=st.sampled_from(PLACES), at_ms=TIMES)
def test_the_order_of_entries_changes_nobody(
    people: tuple[Person, ...], entries: list[Duty], role: Role, unit: str, at_ms: int
) -> None:
    there, back = Roster(people, entries, TREE), Roster(people, entries[::-1], TREE)
    assert set(there.on_duty(role, unit, at_ms)) == set(back.on_duty(role, unit, at_ms))
