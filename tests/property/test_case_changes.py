"""Whatever people do to a case, in whatever order, with whatever version: it stays what its history tells."""

from dataclasses import dataclass, field

import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from administration.case_desk import CaseDesk
from administration.case_tables import city_case
from city.case import (
    CHANGES,
    ENDED,
    CaseAct,
    CaseChange,
    CaseFile,
    CaseRefusedError,
    CaseState,
    LineKind,
    NewCase,
    StaleCaseError,
    UnknownCaseError,
)
from city.reading import ReadingBatch
from tests.support.manual_clock import ManualClock

WORDS = st.sampled_from(["", "見た", "<b>x</b>", "=1+1"])
PEOPLE = st.sampled_from(["太郎", "花子"])


@dataclass(frozen=True)
class Done:
    """A method of the desk, and what it is given between the case and the act."""

    name: str
    given: tuple[object, ...]
    more: dict[str, bool] = field(default_factory=dict)

    def carry_out(self, desk: CaseDesk, case_id: str, act: CaseAct) -> CaseFile:
        found: CaseFile = getattr(desk, self.name)(case_id, *self.given, act, **self.more)
        return found


def changed(state: CaseState, assignee: str | None, due_ms: int | None, text: str) -> Done:
    change = CaseChange(state=state, assignee=assignee, due_ms=due_ms, title=f"水門{due_ms}", text=text)
    return Done("change", (change,))


READINGS = ("d:s", "m", (0, 1), ReadingBatch.empty())
ACTS = st.one_of(
    st.builds(changed, st.sampled_from(CaseState), st.none() | PEOPLE, st.none() | st.integers(0, 9), WORDS),
    st.builds(lambda number, to: Done("tick", (number,), {"ticked": to}), st.integers(0, 4), st.booleans()),
    st.builds(lambda text: Done("comment", (text,)), WORDS),
    st.builds(lambda text: Done("attach", (*READINGS, text)), WORDS),
    st.builds(lambda reason, left: Done("close", (reason, left)), WORDS, WORDS),
    st.builds(lambda name, reason: Done(name, (reason,)), st.sampled_from(["reopen", "void"]), WORDS),
)


@dataclass
class Told:
    """A case as the lines of its history tell it."""

    state: CaseState = CaseState.OPEN
    title: str | None = None
    assignee: str | None = None
    due: str | None = None
    ticked: set[str] = field(default_factory=set)
    ends: list[tuple[CaseState, bool]] = field(default_factory=list)  # the state, and whether items were left


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(ACTS, PEOPLE, st.integers(0, 2), st.none() | st.sampled_from("kl")), max_size=25))
def test_a_case_is_what_its_history_tells(done: list[tuple[Done, str, int, str | None]]) -> None:
    database = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    city_case.metadata.create_all(database)
    clock = ManualClock()
    desk = CaseDesk(database, database, clock)
    found = desk.open(NewCase("bosai", "水門", ("巡視", "水門確認", "連絡"), 5, "花子"), "太郎", "a")
    keys: set[str] = set()
    for wanted, by, behind, key in done:
        clock.advance(1)
        before, seen = found, found.case.version - behind
        act = CaseAct(by, seen, key)
        try:
            found = wanted.carry_out(desk, found.case.id, act)
        except StaleCaseError:
            assert behind
            assert key not in keys
        except CaseRefusedError:
            assert not behind
        except UnknownCaseError:
            assert wanted.given in {(0,), (4,)}
        else:
            assert found == before or (not behind and key not in keys)
            assert found.case.version - before.case.version in {0, 1}
            if found != before and key is not None:
                keys.add(key)
        assert desk.case(found.case.id) == found
        assert found.history[: len(before.history)] == before.history
        check(found)
    database.dispose()


def check(found: CaseFile) -> None:
    """Versions run without a gap, states follow the table, and the lines add up to what stands."""
    case, history = found.case, found.history
    versions = [line.version for line in history]
    assert sorted(set(versions)) == list(range(1, case.version + 1))
    assert versions == sorted(versions)
    told = Told()
    for number, line in enumerate(history):
        match line.kind:
            case LineKind.OPENED | LineKind.TITLE:
                told.title = line.becomes
            case LineKind.STATE:
                assert (line.was, CaseState(str(line.becomes)) in CHANGES[told.state]) == (told.state, True)
                told.state = CaseState(str(line.becomes))
                left = history[number + 1 : number + 2]
                told.ends.append((told.state, bool(left) and left[0].kind is LineKind.LEFT))
                if told.state is CaseState.DONE:
                    assert (len(told.ticked) == 3) is not told.ends[-1][1]
            case LineKind.ASSIGNEE:
                told.assignee = line.becomes
            case LineKind.DUE:
                told.due = line.becomes
            case LineKind.TICK:
                told.ticked.add(str(line.becomes))
            case LineKind.UNTICK:
                told.ticked.remove(str(line.becomes))
            case LineKind.EVIDENCE | LineKind.COMMENT | LineKind.LEFT | LineKind.ITEM:
                pass
    changed = {line.kind for line in history}
    assert (case.state, case.title) == (told.state, told.title)
    assert case.assignee == (told.assignee if LineKind.ASSIGNEE in changed else "花子")
    assert (case.due_ms is None) == (told.due is None and LineKind.DUE in changed)
    assert {f"{item.number} {item.text}" for item in found.checklist if item.ticked_ms is not None} == told.ticked
    assert (case.ticked, case.items) == (len(told.ticked), 3)
    assert (case.ended_ms is None) is (case.state not in ENDED)
    assert len(found.evidence) == sum(line.kind is LineKind.EVIDENCE for line in history)
