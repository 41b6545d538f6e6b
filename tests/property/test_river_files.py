"""The published river levels, read fast, are what a plain reader finds row by row, however dirty the files are."""

import tempfile
from datetime import date
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.sources.fukui_river import FukuiRiver
from tests.support.river_files import read_plainly, write_folder

DAYS = ("2024-01-01", "2024-01-02", "2024-01-03")

stamps = st.one_of(
    st.builds(
        "{}T{:02}:{:02}".format,
        st.sampled_from(["2023-12-31", *DAYS, "2024-01-04", "2024-01-05", "2024-12-31"]),
        st.integers(0, 24),
        st.sampled_from([0, 10, 59]),
    ),
    st.sampled_from(
        ["", "2024-02-30T01:00", "2024-01-01T25:00", "2024-01-01", "2024-1-1T00:00", "２０２４-01-01T00:00", " "]
    ),
    st.text(alphabet="0123456789-T: ", max_size=17),
)
levels = st.one_of(
    st.decimals(-5, 30, places=2).map(str),
    st.sampled_from(
        ["", "*", "--- ", "nan", "-inf", "1e999", "1e-2", "1_0", "１.２", ".5", "5.", "abc", " 1.5 ", "\ud800"]
    ),
    st.text(alphabet="0123456789.-*e ", max_size=6),
)
gauges = st.sampled_from(["80", "9", "80", "9", "251", "", "080", " 80"])
regular = st.builds("{},{},{}".format, stamps, levels, gauges)
odd = st.one_of(
    st.sampled_from(
        [
            "",
            "   ",
            "日時,河川水位,id",
            ",",
            "2024-01-01T01:00,1.0",
            "2024-01-01T01:00,1.0,80,",
            '2024-01-01T01:00,"1.0",80',
        ]
    ),
    st.text(alphabet=st.characters(codec="utf-8", exclude_characters='\n\r"\ufeff'), max_size=12),
)
files = st.lists(st.one_of(regular, regular, regular, odd), max_size=12).map("\n".join)


@settings(max_examples=300, deadline=None)
@given(
    days=st.dictionaries(st.sampled_from(DAYS), files),
    ending=st.sampled_from(["", "\n"]),
    span=st.sampled_from([(0, 2), (1, 3), (0, 1)]),
)
def test_the_fast_reader_is_the_plain_one(days: dict[str, str], ending: str, span: tuple[int, int]) -> None:
    start, end = (["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04"][i] for i in span)
    with tempfile.TemporaryDirectory() as folder:
        write_folder(Path(folder), {})
        for day, rows in days.items():
            text = f"日時,河川水位,id\n{rows}{ending}"
            (Path(folder) / "data" / f"{day}.csv").write_bytes(text.encode("utf-8-sig", "surrogatepass"))
        river = FukuiRiver(Path(folder))
        got = river.readings(date.fromisoformat(start), date.fromisoformat(end))
        readings, fates = read_plainly(Path(folder), start, end)
    names = [sensor.key.device for sensor in river.catalog().sensors]
    batch = got.batch
    assert [
        (names[s], t, v) for s, t, v in zip(batch.series, batch.time.tolist(), batch.value.tolist(), strict=True)
    ] == readings
    assert got.read == fates.pop("read", 0)
    assert got.outside == fates.pop("outside", 0)
    assert got.quarantined == fates
    assert len(got.rejects) == sum(fates.values())
