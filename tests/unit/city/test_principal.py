"""Who may what, and where: administration.md, "People"."""

import pytest

from city.catalog import Department
from city.catalog_file import load_catalog
from city.errors import MistakesError
from city.messages.text import Lang, Text
from city.principal import CITY, Office, Principal
from city.right import CITY_WIDE, RIGHTS, Right, Role, Scope

TITLE = Text("", "")
TREE = {
    "somu-bu": Department("somu-bu", TITLE),
    "bosai": Department("bosai", TITLE, above="somu-bu"),
    "bosai-g": Department("bosai-g", TITLE, above="bosai"),
    "doboku": Department("doboku", TITLE),
}


def person(*offices: Office) -> Principal:
    return Principal("person:taro", "鯖江 太郎", offices)


@pytest.mark.parametrize(
    ("unit", "at", "may"),
    [
        ("bosai", "bosai", True),
        ("bosai", "bosai-g", True),
        ("somu-bu", "bosai-g", True),
        ("bosai", "somu-bu", False),
        ("bosai", "doboku", False),
        (CITY, "doboku", True),
        ("bosai", "nowhere", False),
    ],
)
def test_a_role_reaches_its_place_and_what_lies_below(unit: str, at: str, *, may: bool) -> None:
    chief = person(Office(Role.SECTION_CHIEF, unit))
    assert chief.may(Right.SILENCE, at, TREE) is may
    assert chief.may(Right.SILENCE)


def test_offices_add_up_and_do_not_mix() -> None:
    both = person(Office(Role.MEMBER, "doboku"), Office(Role.SECTION_CHIEF, "bosai"))
    assert both.may(Right.ACT, "doboku", TREE)
    assert not both.may(Right.SILENCE, "doboku", TREE)
    assert both.holds(Role.SECTION_CHIEF, "bosai-g", TREE)
    assert not both.holds(Role.SECTION_CHIEF, "doboku", TREE)
    assert not both.holds(Role.MAYOR, "bosai", TREE)


def test_the_citys_own_offices_reach_everywhere_wherever_their_holder_sits() -> None:
    for role in CITY_WIDE:
        assert all(person(Office(role, "bosai")).may(right, "doboku", TREE) for right in RIGHTS[role])


def test_who_holds_nothing_may_nothing() -> None:
    assert not any(person().may(right) for right in Right)


def test_an_auditor_reads_and_changes_nothing() -> None:
    assert RIGHTS[Role.AUDITOR] == {Right.SEE, Right.SEE_CASES, Right.INSPECT, Right.AUDIT}


def test_no_token_approves_and_each_scope_has_what_the_lesser_has() -> None:
    read, write, admin = (Principal("token:1", "script", scope=scope) for scope in Scope)
    assert not any(one.is_person for one in (read, write, admin))
    assert all(write.may(right) for right in Right if read.may(right))
    assert all(admin.may(right) for right in Right if write.may(right))
    assert not read.may(Right.ACT)
    assert not write.may(Right.PEOPLE)


def test_a_tree_that_bites_its_tail_hangs_no_door_and_is_refused_at_load() -> None:
    loop = {name: Department(name, TITLE, above=other) for name, other in (("a", "b"), ("b", "a"))}
    assert not person(Office(Role.MEMBER, "c")).may(Right.ACT, "a", loop)
    files = {
        "c.yaml": "city: {id: t, title: {ja: t, en: t}}\ndepartments:\n"
        "  - {id: a, title: {ja: a, en: a}, above: b}\n  - {id: b, title: {ja: b, en: b}, above: a}\n"
        "  - {id: c, title: {ja: c, en: c}, above: a}\n"
    }
    with pytest.raises(MistakesError) as caught:
        load_catalog(files)
    told = [mistake.text(Lang.EN) for mistake in caught.value.mistakes]
    assert [text.split(": ")[0] for text in told if "above" in text] == ["c.yaml:3:43", "c.yaml:4:43"]
