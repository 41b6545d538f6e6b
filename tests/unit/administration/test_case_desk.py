"""Cases from their opening to their end: numbers, versions, checklists, reasons, evidence."""

import hashlib
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from administration.case_book import CaseBook
from administration.case_desk import CaseDesk
from administration.transaction import transaction
from city.case import (
    Case,
    CaseAct,
    CaseChange,
    CaseRefusedError,
    CaseState,
    CasesWanted,
    LineKind,
    NewCase,
    StaleCaseError,
    UnknownCaseError,
)
from city.case_words import number_text, told
from city.messages.text import Lang, Text
from city.reading import ReadingBatch
from tests.support.business import business_database
from tests.support.manual_clock import ManualClock

NOW_MS = round(datetime(2026, 11, 27, 4, tzinfo=UTC).timestamp() * 1000)
TARO, HANAKO = "鯖江 太郎", "鯖江 花子"
NEW = NewCase("bosai", "鳥羽の水門の点検", ("巡視", "水門確認"), NOW_MS + 1_800_000, text="電話で通報")
HOUR_MS = 3_600_000


@pytest.fixture
def database(tmp_path: Path) -> Iterator[sa.Engine]:
    engine = business_database(tmp_path / "city.sqlite")
    yield engine
    engine.dispose()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW_MS)


@pytest.fixture
def desk(database: sa.Engine, clock: ManualClock) -> CaseDesk:
    return CaseDesk(database, database, clock)


def batch(n: int) -> ReadingBatch:
    times = NOW_MS + np.arange(n, dtype=np.int64) * 60_000
    return ReadingBatch(np.zeros(n, np.int32), times, np.linspace(1.5, 2.5, n), np.full(n, 2, np.uint8))


def test_numbers_run_by_section_and_fiscal_year_and_a_void_case_keeps_its_own(
    desk: CaseDesk, clock: ManualClock
) -> None:
    first = desk.open(NEW, TARO, "a").case
    desk.void(first.id, "二重の受付", CaseAct(TARO, 1))
    second = desk.open(NEW, TARO, "b").case
    other = desk.open(replace_section(NEW, "doboku"), TARO, "c").case
    clock.advance(200 * 86_400)
    next_year = desk.open(NEW, TARO, "d").case
    assert [case.id for case in (first, second, other, next_year)] == [
        "2026-bosai-1", "2026-bosai-2", "2026-doboku-1", "2027-bosai-1",
    ]  # fmt: skip
    shown = number_text(second, Text(ja="防災危機管理課", en="Disaster and Crisis Management"))
    assert (shown.ja, shown.en) == ("令和8年度 防災危機管理課 第2号", "2026-bosai-2")


def replace_section(new: NewCase, section: str) -> NewCase:
    return NewCase(section, new.title)


def test_what_is_opened_again_under_its_key_is_the_same_case(desk: CaseDesk) -> None:
    first = desk.open(NEW, TARO, "k")
    again = desk.open(NewCase("doboku", "something else"), HANAKO, "k")
    assert again == first


def test_a_step_of_a_run_opens_one_case_and_a_rolled_back_one_leaves_no_gap(
    database: sa.Engine, desk: CaseDesk
) -> None:
    book = CaseBook()
    with database.connect() as connection, connection.begin() as begun:
        assert book.open(connection, "flood-3/i1", "1", "bosai", "巡視", None, (), NOW_MS) == "2026-bosai-1"
        begun.rollback()
    ids = []
    for run, step in (("flood-3/i2", "1"), ("flood-3/i2", "1"), ("flood-3/i2", "2"), ("flood-3/i1", "1")):
        with transaction(database) as connection:
            ids.append(book.open(connection, run, step, "bosai", "巡視", NOW_MS, ("水門",), NOW_MS))
    assert ids == ["2026-bosai-1", "2026-bosai-1", "2026-bosai-2", "2026-bosai-3"]
    case = desk.case("2026-bosai-2").case
    assert (case.run, case.step, case.opened_by) == ("flood-3/i2", "2", "run:flood-3/i2")
    assert [c.id for c in desk.cases(CasesWanted(run="flood-3/i2"), None, 10)] == ["2026-bosai-2", "2026-bosai-1"]


def test_a_playbook_notes_and_closes_once(database: sa.Engine, desk: CaseDesk) -> None:
    book = CaseBook()
    case_id = desk.open(NEW, TARO, "a").case.id
    with transaction(database) as connection:
        book.note(connection, case_id, "水位が下がった", "run:r", NOW_MS + 1)
        closed = [book.close(connection, case_id, "警報が解除された", "run:r", NOW_MS + at) for at in (2, 3)]
        with pytest.raises(UnknownCaseError):
            book.close(connection, "2026-bosai-9", "", "run:r", NOW_MS)
        book.note(connection, case_id, "記録を送った", "run:r", NOW_MS + 4)
    assert closed == [True, False]
    found = desk.case(case_id)
    assert (found.case.state, found.case.ended_ms) == (CaseState.DONE, NOW_MS + 2)
    assert [told(line).ja for line in found.history[1:]] == [
        "コメント: 水位が下がった",
        "状態: 受付 → 完了（警報が解除された）",
        "確認せずに完了: 巡視、水門確認（警報が解除された）",
        "コメント: 記録を送った",
    ]


def test_every_change_is_a_version_with_who_when_and_what(desk: CaseDesk, clock: ManualClock) -> None:
    case_id = desk.open(NEW, TARO, "a").case.id
    clock.advance(60)
    desk.change(case_id, CaseChange(state=CaseState.IN_PROGRESS, assignee=HANAKO, text="現地へ"), CaseAct(TARO, 1))
    desk.change(case_id, CaseChange(title="鳥羽の水門", due_ms=None, add=("住民への連絡",)), CaseAct(HANAKO, 2))
    desk.tick(case_id, 2, CaseAct(HANAKO, 3), ticked=True)
    desk.tick(case_id, 1, CaseAct(HANAKO, 4), ticked=True)
    found = desk.tick(case_id, 1, CaseAct(TARO, 5), ticked=False)
    assert [(line.version, line.by, told(line).ja) for line in found.history] == [
        (1, TARO, "受付: 鳥羽の水門の点検（電話で通報）"),
        (2, TARO, "状態: 受付 → 対応中（現地へ）"),
        (2, TARO, "担当: なし → 鯖江 花子（現地へ）"),
        (3, HANAKO, "件名: 鳥羽の水門の点検 → 鳥羽の水門"),
        (3, HANAKO, "期限: 2026-11-27 13:30 → なし"),
        (3, HANAKO, "確認項目を追加: 3 住民への連絡"),
        (4, HANAKO, "確認済み: 2 水門確認"),
        (5, HANAKO, "確認済み: 1 巡視"),
        (6, TARO, "確認を取り消し: 1 巡視"),
    ]
    assert [line.at_ms - NOW_MS for line in found.history] == [0] + [60_000] * 8
    assert [(item.text, item.ticked_by) for item in found.checklist] == [
        ("巡視", None), ("水門確認", HANAKO), ("住民への連絡", None),
    ]  # fmt: skip
    case = found.case
    assert (case.version, case.items, case.ticked, case.assignee, case.due_ms) == (6, 3, 1, HANAKO, None)


def test_who_has_not_seen_the_newest_version_is_told_what_changed_and_by_whom(desk: CaseDesk) -> None:
    case_id = desk.open(NEW, TARO, "a").case.id
    desk.change(case_id, CaseChange(assignee=HANAKO), CaseAct(HANAKO, 1))
    before = desk.comment(case_id, "水門は閉まっている", CaseAct(HANAKO))
    acts: list[Callable[[], object]] = [
        lambda: desk.change(case_id, CaseChange(assignee=TARO), CaseAct(TARO, 1)),
        lambda: desk.tick(case_id, 1, CaseAct(TARO, 1), ticked=True),
        lambda: desk.close(case_id, "完了", "不要", CaseAct(TARO, 1)),
        lambda: desk.void(case_id, "誤り", CaseAct(TARO, 1)),
        lambda: desk.reopen(case_id, "再び", CaseAct(TARO, 1)),
        lambda: desk.change(case_id, CaseChange(assignee=TARO), CaseAct(TARO, 9)),
    ]
    for act in acts:
        with pytest.raises(StaleCaseError):
            act()
    with pytest.raises(StaleCaseError) as caught:
        desk.close(case_id, "完了", "不要", CaseAct(TARO, 1))
    assert "鯖江 花子 担当: なし → 鯖江 花子 / 鯖江 花子 コメント: 水門は閉まっている" in caught.value.text(Lang.JA)
    assert "鯖江 花子 assignee: none → 鯖江 花子" in caught.value.text(Lang.EN)
    assert desk.case(case_id) == before


def test_what_comes_again_under_its_key_is_done_once_though_its_version_is_old(desk: CaseDesk) -> None:
    case_id = desk.open(NEW, TARO, "a").case.id
    for _ in range(2):
        desk.change(case_id, CaseChange(assignee=HANAKO, state=CaseState.IN_PROGRESS), CaseAct(TARO, 1, "k1"))
        desk.comment(case_id, "着いた", CaseAct(TARO, None, "k2"))
        desk.attach(case_id, "d:s", "m", (NOW_MS, NOW_MS + 1), batch(1), "", CaseAct(TARO, None, "k3"))
    found = desk.case(case_id)
    assert found.case.version == 4
    assert len(found.evidence) == 1


def test_what_changes_nothing_leaves_no_line(desk: CaseDesk) -> None:
    before = desk.open(NEW, TARO, "a")
    case_id = before.case.id
    desk.change(case_id, CaseChange(), CaseAct(TARO, 1))
    desk.change(case_id, CaseChange(title=NEW.title, state=CaseState.OPEN, due_ms=NEW.due_ms), CaseAct(TARO, 1))
    assert desk.tick(case_id, 1, CaseAct(TARO, 1), ticked=False) == before


def test_done_needs_all_ticked_or_a_reason_why_not(desk: CaseDesk) -> None:
    case_id = desk.open(NEW, TARO, "a").case.id
    desk.tick(case_id, 1, CaseAct(TARO, 1), ticked=True)
    with pytest.raises(CaseRefusedError, match="水門確認"):
        desk.close(case_id, "完了", "", CaseAct(TARO, 2))
    desk.tick(case_id, 2, CaseAct(TARO, 2), ticked=True)
    found = desk.close(case_id, "水位が下がった", "", CaseAct(TARO, 3))
    assert (found.case.state, found.history[-1].kind) == (CaseState.DONE, LineKind.STATE)


def test_an_ended_case_takes_words_and_evidence_and_nothing_else(desk: CaseDesk) -> None:
    case_id = desk.open(NewCase("bosai", "x"), TARO, "a").case.id
    desk.close(case_id, "完了", "", CaseAct(TARO, 1))
    acts: list[Callable[[], object]] = [
        lambda: desk.change(case_id, CaseChange(assignee=TARO), CaseAct(TARO, 2)),
        lambda: desk.tick(case_id, 1, CaseAct(TARO, 2), ticked=True),
        lambda: desk.close(case_id, "完了", "", CaseAct(TARO, 2)),
        lambda: desk.void(case_id, "誤り", CaseAct(TARO, 2)),
    ]
    for act in acts:
        with pytest.raises(CaseRefusedError, match="done"):
            act()
    desk.comment(case_id, "後日の報告", CaseAct(TARO))
    desk.attach(case_id, "d:s", "m", (NOW_MS, NOW_MS + 1), batch(0), "", CaseAct(TARO))
    found = desk.reopen(case_id, "水位が再び上がった", CaseAct(TARO, 4))
    assert (found.case.state, found.case.ended_ms) == (CaseState.IN_PROGRESS, None)
    desk.void(case_id, "誤り", CaseAct(TARO, 5))
    with pytest.raises(CaseRefusedError, match="void"):
        desk.reopen(case_id, "やはり", CaseAct(TARO, 6))


def test_a_case_ends_by_its_own_act_only(desk: CaseDesk) -> None:
    case_id = desk.open(NewCase("bosai", "x"), TARO, "a").case.id
    for state in (CaseState.DONE, CaseState.VOID):
        with pytest.raises(CaseRefusedError, match="reason"):
            desk.change(case_id, CaseChange(state=state), CaseAct(TARO, 1))
    with pytest.raises(CaseRefusedError, match="Only one that is done"):
        desk.reopen(case_id, "再び", CaseAct(TARO, 1))


def test_evidence_is_the_readings_as_they_stood_under_a_hash(desk: CaseDesk) -> None:
    case_id = desk.open(NEW, TARO, "a").case.id
    span = (NOW_MS, NOW_MS + HOUR_MS)
    found = desk.attach(case_id, "rpi-toba:water_level", "m", span, batch(3), "越水の前", CaseAct(HANAKO))
    (piece,) = found.evidence
    document = desk.evidence(case_id, piece.number)
    assert hashlib.sha256(document).hexdigest() == piece.sha256
    assert json.loads(document) == {
        "series": "rpi-toba:water_level",
        "unit": "m",
        "from": "2026-11-27T04:00:00.000Z",
        "to": "2026-11-27T05:00:00.000Z",
        "time": ["2026-11-27T04:00:00.000Z", "2026-11-27T04:01:00.000Z", "2026-11-27T04:02:00.000Z"],
        "value": [1.5, 2.0, 2.5],
        "quality": [2, 2, 2],
    }
    assert (piece.readings, piece.attached_by, piece.from_ms, piece.to_ms) == (3, HANAKO, *span)
    assert told(found.history[-1]).ja == "観測値を添付: 1 rpi-toba:water_level（越水の前）"
    with pytest.raises(UnknownCaseError):
        desk.evidence(case_id, 2)


def test_what_is_not_there_is_told(desk: CaseDesk) -> None:
    acts: list[Callable[[], object]] = [
        lambda: desk.case("2026-bosai-1"),
        lambda: desk.comment("2026-bosai-1", "x", CaseAct(TARO)),
        lambda: desk.evidence("2026-bosai-1", 1),
    ]
    for act in acts:
        with pytest.raises(UnknownCaseError, match="2026-bosai-1"):
            act()
    case_id = desk.open(NEW, TARO, "a").case.id
    with pytest.raises(UnknownCaseError, match="no item 3"):
        desk.tick(case_id, 3, CaseAct(TARO, 1), ticked=True)


def test_no_list_grows_for_ever(desk: CaseDesk) -> None:
    case_id = desk.open(NEW, TARO, "a").case.id
    desk.change(case_id, CaseChange(add=("x",) * 98), CaseAct(TARO, 1))
    with pytest.raises(CaseRefusedError, match="100"):
        desk.change(case_id, CaseChange(add=("x",)), CaseAct(TARO, 2))
    for _ in range(100):
        desk.attach(case_id, "d:s", "m", (NOW_MS, NOW_MS + 1), batch(0), "", CaseAct(TARO))
    with pytest.raises(CaseRefusedError, match="100"):
        desk.attach(case_id, "d:s", "m", (NOW_MS, NOW_MS + 1), batch(0), "", CaseAct(TARO))


def test_cases_are_found_by_what_they_are(desk: CaseDesk, clock: ManualClock) -> None:
    gate = desk.open(NewCase("bosai", "Gate at 鳥羽", due_ms=NOW_MS + HOUR_MS), TARO, "a").case
    clock.advance(1)
    road = desk.open(NewCase("doboku", "冠水 100%", assignee=HANAKO, due_ms=NOW_MS), TARO, "b").case
    clock.advance(1)
    done = desk.open(NewCase("doboku", "通報", due_ms=NOW_MS), TARO, "c").case
    desk.close(done.id, "誤報", "", CaseAct(TARO, 1))
    desk.comment(gate.id, "Pump_A を確認", CaseAct(TARO))

    def found(wanted: CasesWanted) -> list[str]:
        return [case.id for case in desk.cases(wanted, None, 10)]

    assert found(CasesWanted()) == [done.id, road.id, gate.id]
    assert found(CasesWanted(sections=frozenset({"bosai", "suido"}))) == [gate.id]
    assert found(CasesWanted(sections=frozenset())) == []
    assert found(CasesWanted(states=frozenset({CaseState.OPEN}))) == [road.id, gate.id]
    assert found(CasesWanted(assignee=HANAKO)) == [road.id]
    assert found(CasesWanted(overdue=True)) == [road.id]
    assert found(CasesWanted(overdue=False)) == [done.id, gate.id]
    assert found(CasesWanted(text="gate")) == [gate.id]
    assert found(CasesWanted(text="誤報")) == [done.id]
    assert found(CasesWanted(text="pump_a")) == [gate.id]
    assert found(CasesWanted(text="pump-a")) == []
    assert found(CasesWanted(text="pumpxa")) == []  # no wildcard of SQL's
    assert found(CasesWanted(text="100%")) == [road.id]
    assert found(CasesWanted(text="DOBOKU-2")) == [done.id]
    assert found(CasesWanted(text="doboku", assignee=HANAKO, overdue=False)) == []
    clock.advance(3_600)
    assert found(CasesWanted(overdue=True)) == [road.id, gate.id]


def test_pages_follow_one_another_though_cases_come_meanwhile(desk: CaseDesk) -> None:
    ids = [desk.open(NewCase("bosai", "x"), TARO, str(i)).case.id for i in range(7)]  # all at one moment
    seen: list[Case] = []
    while page := desk.cases(CasesWanted(), (seen[-1].opened_ms, seen[-1].id) if seen else None, 2):
        seen += page
        if len(seen) == 4:
            desk.open(NewCase("norin", "y"), TARO, "later")
    assert sorted(case.id for case in seen if case.section == "bosai") == sorted(ids)


def test_overdue_is_a_question_of_the_hour(desk: CaseDesk) -> None:
    case = desk.open(NEW, TARO, "a").case
    assert case.due_ms is not None
    assert [case.overdue(case.due_ms + ms) for ms in (-1, 0, 1)] == [False, False, True]
    assert not replace(case, state=CaseState.DONE).overdue(case.due_ms + 1)
    assert not replace(case, due_ms=None).overdue(NOW_MS * 2)


def test_of_many_who_saw_the_same_version_one_decides(desk: CaseDesk) -> None:
    case_id = desk.open(NEW, TARO, "a").case.id

    def assign(name: str) -> bool:
        try:
            desk.change(case_id, CaseChange(assignee=name), CaseAct(name, 1))
        except StaleCaseError:
            return False
        return True

    names = [f"担当{number}" for number in range(8)]
    with ThreadPoolExecutor(4) as hands:
        decided = dict(zip(names, hands.map(assign, names), strict=True))
    found = desk.case(case_id).case
    assert [name for name, done in decided.items() if done] == [found.assignee]
    assert found.version == 2


def test_many_who_add_at_once_all_have_their_say(desk: CaseDesk) -> None:
    case_id = desk.open(NEW, TARO, "a").case.id
    with ThreadPoolExecutor(4) as hands:
        list(hands.map(lambda number: desk.comment(case_id, str(number), CaseAct(TARO)), range(12)))
    found = desk.case(case_id)
    assert sorted(line.text for line in found.history[1:]) == sorted(map(str, range(12)))
    assert [line.version for line in found.history] == list(range(1, 14))


def test_one_key_opens_one_case_though_it_is_sent_many_times_at_once(desk: CaseDesk) -> None:
    sections = ["bosai", "doboku"] * 4
    with ThreadPoolExecutor(4) as hands:
        found = list(hands.map(lambda section: desk.open(NewCase(section, "x"), TARO, "k").case.id, sections))
    assert len(set(found)) == 1
    assert [case.id for case in desk.cases(CasesWanted(), None, 10)] == found[:1]
