"""How a script is run, and what it shows where something did not come."""

from alerts.script.case import RuleFiles
from alerts.script.file import read_script
from alerts.script.outcome import CaseResult
from alerts.script.run import run_script
from alerts.script.words import span
from city.entry import BatchEntry, CatalogEntry, CaughtUpEntry, RetroactiveEntry, RulesEntry, StartEntry, TickEntry
from city.errors import Mistake
from city.reading import Quality

HEADER = "sensor toba:water_level {delay: 1m}\nrule\n  id: high\n  raise: last() >= 5\n  for: 10m\n"


def run(text: str, files: RuleFiles | None = None) -> list[CaseResult]:
    mistakes: list[Mistake] = []
    script = read_script(text, "a.rules-test", mistakes)
    assert mistakes == []
    return run_script(script, None, files or {})


def test_what_did_not_come_is_a_diff_with_all_that_did() -> None:
    (result,) = run(
        HEADER + "case a wave\nload 0m 5, 5m 4\nexpect 5m firing severity 2 since 4m  # much too early\nexpect nothing"
    )
    assert result.diff().splitlines() == [
        "a.rules-test:6:1 a wave",
        "- 8: expect 5m firing severity 2 since 4m  # much too early",
        "+ 8: 5m high toba:water_level inactive, since 5m, severity 1",
        "        0m high toba:water_level → pending",
        "        5m high toba:water_level → inactive",
    ]


def test_a_case_that_passes_has_no_diff() -> None:
    assert [result.diff() for result in run(HEADER + "case a\nload 0m 4\nexpect nothing")] == [""]


def test_cases_share_the_header_and_nothing_else() -> None:
    first, second = run(HEADER + "case a\nload 0m 5\nexpect pending\ncase b\nload 0m 4\nexpect no change")
    assert first.passed
    assert second.passed


def test_every_step_is_an_entry_of_the_journal_and_each_due_timer_a_tick() -> None:
    (result,) = run(
        HEADER
        + "case all\nload 0m 5\nwait 20m\nreload\n  id: other\n  raise: last() > 9\nsensor toba:water_level\n"
        + "outage 10m\nwait 1m\nexpect 10m firing high"
    )
    assert [type(entry) for entry in result.entries] == [
        TickEntry,
        BatchEntry,
        TickEntry,
        RulesEntry,
        CatalogEntry,
        StartEntry,
        CaughtUpEntry,
    ]
    times = [entry.at_ms - result.start_ms for entry in result.entries]
    assert times == [0, 0, 660_000, 1_200_000, 1_200_000, 1_800_000, 1_810_000]
    assert [entry.position for entry in result.entries] == [1, 2, 3, 4, 5, 6, 7]


def test_readings_are_marked_as_the_ingester_marks_them() -> None:
    (result,) = run(
        HEADER
        + "case marks\nload 10m 4, 20m 9999999, 15m 4 suspect arrives 20m\n"
        + "load 15m 4, 16m 4 arrives 21m\nexpect nothing"
    )
    batches = [entry.batch for entry in result.entries if isinstance(entry, BatchEntry)]
    marks = [(int(ms) - result.start_ms, int(q)) for b in batches for ms, q in zip(b.time, b.quality, strict=True)]
    assert [(ms // 60_000, quality) for ms, quality in marks] == [
        (10, 0),
        (15, int(Quality.SUSPECT)),
        (20, int(Quality.BAD)),
        (15, int(Quality.LATE)),
        (16, 0),
    ]


def test_rules_come_from_the_files_that_a_path_leads_to() -> None:
    select = "select: {quantity: water_level}"
    rule = f"{{id: low, title: {{ja: 低, en: low}}, owner: x, {select}, raise: last() < 1, severity: 3}}"
    steps = "load 0m 0\nexpect firing low severity 3\nexpect nothing else"
    text = f"sensor toba:water_level\nrules low.yaml more\ncase a\n{steps}"
    (result,) = run(text, {"low.yaml": {"rules/low.yaml": rule}, "more": {}})
    assert result.passed, result.diff()


def test_times_are_written_as_scripts_read_them() -> None:
    assert [span(ms) for ms in (0, 1, 600_001, 5_400_000, 90_000_000)] == ["0m", "1ms", "10m1ms", "1h30m", "1d1h"]


def test_words_of_japanese_typing_are_read() -> None:
    (result,) = run(HEADER + "case 全角の空白と読点\nload　0m 5、 10m 5\nexpect 10m　firing")
    assert result.passed, result.diff()


def test_late_readings_are_looked_at_again_and_then_at_most_once_a_minute() -> None:
    (result,) = run(
        "sensor toba:water_level\nrule\n  id: high\n  raise: last() >= 5\ncase late\nload 30m 4\n"
        "load 10m 5 arrives 40m\nload 20m 4 arrives 40m30s\nwait until 3h\nexpect 10m firing retroactive"
    )
    passes = [entry for entry in result.entries if isinstance(entry, RetroactiveEntry)]
    assert [entry.at_ms - result.start_ms for entry in passes] == [2_401_000, 2_461_000]
