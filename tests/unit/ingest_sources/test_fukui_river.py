"""Published river levels: what a row means, and what is said about files that are not of the format."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest

from city.catalog import Point
from city.errors import MistakesError, UserError
from city.messages.text import Lang
from city.quarantine import Reason
from city.reading import SeriesKey
from ingest.sources import PUBLISHED
from ingest.sources.fukui_gauges import FukuiFilesError, geo3x3_point
from ingest.sources.fukui_river import FukuiRiver
from ingest.sources.published import MOST_REJECTS, PublishedReadings
from tests.support.river_files import GAUGES, JST, write_folder

JUNE = date(2024, 6, 23)


def day(folder: Path, rows: str, start: date = JUNE, end: date = date(2024, 6, 24)) -> PublishedReadings:
    return FukuiRiver(write_folder(folder, {"2024-06-23": rows})).readings(start, end)


def levels(published: PublishedReadings) -> list[tuple[datetime, float]]:
    batch = published.batch
    times = [datetime.fromtimestamp(time / 1000, JST) for time in batch.time.tolist()]
    return list(zip(times, batch.value.tolist(), strict=True))


def jst(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=JST)


def test_gauges_are_devices_with_their_official_levels(tmp_path: Path) -> None:
    river = FukuiRiver(write_folder(tmp_path, {}))
    toba = river.catalog().sensors[river.catalog().index[SeriesKey("80", "level")]]
    assert toba.levels == {"standby": 4.4, "caution": 4.9, "evacuation": 5.6, "danger": 6.5}
    assert toba.title.ja == "浅水川 鳥羽"
    assert toba.quantity.id == "water_level"
    assert toba.zone == "fukui"
    assert river.subject_of(toba.key) == "80"
    harame = river.catalog().sensors[river.catalog().index[SeriesKey("9", "level")]]
    assert harame.levels == {"caution": 1.5, "danger": 2.0}


def test_times_are_japans_and_midnight_is_the_end_of_its_day(tmp_path: Path) -> None:
    got = day(tmp_path, "2024-06-22T24:00,1.00,80\n2024-06-23T13:10,-2.50,80\n")
    assert levels(got) == [(jst("2024-06-23T00:00"), 1.0), (jst("2024-06-23T13:10"), -2.5)]


def test_readings_come_in_order_of_time_and_equal_times_in_order_of_the_file(tmp_path: Path) -> None:
    got = day(tmp_path, "2024-06-23T02:00,3,80\n2024-06-23T01:00,1,80\n2024-06-23T01:00,2,80\n2024-06-23T01:00,9,9\n")
    assert [value for _, value in levels(got)] == [1, 2, 9, 3]


def test_every_row_meets_one_fate(tmp_path: Path) -> None:
    rows = [
        "2024-06-23T01:00,1.0,80",
        "2024-06-23T01:00,1.0,80",  # a duplicate: still in the batch
        "2024-06-21T01:00,1.0,80",  # days late
        "2024-06-24T24:00,1.0,80",  # a day ahead of the end of the file's date: possible, but not asked for
        "2024-06-25T00:10,1.0,80",
        "2024-12-31T00:10,1.0,80",
        "2024-06-23T01:00,1.0,251",
        "2024-06-23T01:00,*,251",
        "2024-06-23T01:00,,80",
        "2024-06-23T01:00,*,80",
        "2024-06-23T01:00,nan,80",
        "2024-06-23T01:00,1.2.3,80",
        "2024-06-23T01:00,1.2",
        "23 June,1.2,80",
        "",
    ]
    got = day(tmp_path, "\n".join(rows))
    assert got.read == 14
    assert len(got.batch) == 2
    assert got.outside == 2
    assert got.quarantined == {
        Reason.UNKNOWN_SENSOR: 2,
        Reason.NO_VALUE: 2,
        Reason.NOT_FINITE: 1,
        Reason.IMPOSSIBLE_TIME: 2,
        Reason.UNDECODABLE: 3,
    }
    assert got.read == len(got.batch) + got.outside + sum(got.quarantined.values())


def test_a_reject_names_file_and_line(tmp_path: Path) -> None:
    got = day(tmp_path, "2024-06-23T01:00,1.0,80\n\n2024-06-23T01:10,*,80\n")
    (reject,) = got.rejects
    assert reject.reason is Reason.NO_VALUE
    assert "2024-06-23.csv:4: '2024-06-23T01:10,*,80'" in reject.detail


def test_rejects_are_bounded_and_counts_are_not(tmp_path: Path) -> None:
    got = day(tmp_path, "2024-06-23T01:00,*,80\n" * 500)
    assert got.quarantined == {Reason.NO_VALUE: 500}
    assert len(got.rejects) == MOST_REJECTS


def test_bytes_that_are_no_text_spoil_their_own_row_only(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, {"2024-06-23": ""})
    file = folder / "data" / "2024-06-23.csv"
    file.write_bytes(file.read_bytes() + b"2024-06-23T01:00,\xff\xfe,80\n2024-06-23T01:10,1.5,80\n\x00\x80,,\n")
    got = FukuiRiver(folder).readings(JUNE, date(2024, 6, 24))
    assert [value for _, value in levels(got)] == [1.5]
    assert got.quarantined == {Reason.UNDECODABLE: 2}


def test_a_quote_that_is_never_closed_swallows_no_other_row(tmp_path: Path) -> None:
    got = day(tmp_path, '2024-06-23T01:00,"1.0,80\n2024-06-23T01:10,"2.5",80\n2024-06-23T01:20,3.5,80\n')
    assert [value for _, value in levels(got)] == [2.5, 3.5]
    assert got.quarantined == {Reason.UNDECODABLE: 1}


def test_only_the_files_of_the_days_asked_for_are_read(tmp_path: Path) -> None:
    row = "2024-06-22T24:00,1.0,80\n"
    folder = write_folder(tmp_path, {"2024-06-22": row, "2024-06-23": row, "2024-06-24": row})
    (folder / "data" / "notes.csv").write_text("something else")
    assert FukuiRiver(folder).readings(JUNE, date(2024, 6, 24)).read == 1
    assert FukuiRiver(folder).readings(JUNE, JUNE).read == 0


def test_an_empty_file_holds_no_rows(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, {"2024-06-23": ""})
    (folder / "data" / "2024-06-23.csv").write_bytes(b"")
    assert FukuiRiver(folder).readings(JUNE, date(2024, 6, 24)).read == 0


def _no_gauges(folder: Path) -> None:
    (folder / "sensors.csv").unlink()


def _other_gauges(folder: Path) -> None:
    (folder / "sensors.csv").write_text("id,name\n1,x\n", "utf-8")


def _unreadable_gauges(folder: Path) -> None:
    (folder / "sensors.csv").write_bytes(GAUGES.encode("shift_jis"))


def _no_days(folder: Path) -> None:
    (folder / "data" / "2024-06-23.csv").unlink()
    (folder / "data").rmdir()


def _other_columns(folder: Path) -> None:
    (folder / "data" / "2024-06-23.csv").write_text("time,level,id\n", "utf-8")


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (_no_gauges, "sensors.csv"),
        (_other_gauges, "sensors.csv"),
        (_unreadable_gauges, "sensors.csv"),
        (_no_days, "data"),
        (_other_columns, "2024-06-23.csv"),
    ],
)
def test_a_folder_of_another_kind_is_told_apart(tmp_path: Path, spoil: Callable[[Path], None], named: str) -> None:
    spoil(write_folder(tmp_path, {"2024-06-23": ""}))
    with pytest.raises(FukuiFilesError) as caught:
        FukuiRiver(tmp_path).readings(JUNE, date(2024, 6, 24))
    for lang in Lang:
        assert str(tmp_path / named if named != "2024-06-23.csv" else named) in caught.value.text(lang)


def test_all_mistakes_of_the_gauge_master_are_told_at_once(tmp_path: Path) -> None:
    bad = GAUGES.replace(",6.50,", ",six,").replace("\n9,", "\n80,") + "A B,,,x,y,,1.0,1.0,1.0,1.0,Q12,\n"
    with pytest.raises(MistakesError) as caught:
        FukuiRiver(write_folder(tmp_path, {}, bad)).catalog()
    found = [(mistake.place.line, mistake.key) for mistake in caught.value.mistakes]
    assert (2, "ingest.fukui_level") in found
    assert (4, "ingest.fukui_gauge_id") in found
    assert (4, "ingest.fukui_geo3x3") in found
    assert isinstance(caught.value, UserError)
    assert "sensors.csv:2" in caught.value.text(Lang.JA)


def test_a_gauge_that_stands_twice_is_a_mistake(tmp_path: Path) -> None:
    twice = GAUGES + GAUGES.splitlines()[1] + "\n"
    with pytest.raises(MistakesError) as caught:
        FukuiRiver(write_folder(tmp_path, {}, twice)).catalog()
    assert [(m.place.line, m.key) for m in caught.value.mistakes] == [(4, "ingest.fukui_gauge_twice")]


def test_geo3x3_names_a_place() -> None:
    # Nishiyama park in Sabae, the example of its author's README.
    assert geo3x3_point("E913873229") == Point(35.948788, 136.181984)
    assert geo3x3_point("E91387322900") == Point(35.948788, 136.181984)
    assert geo3x3_point("W5") == Point(0.0, -90.0)


def test_it_stands_in_the_table() -> None:
    assert PUBLISHED["fukui-river"] is FukuiRiver
