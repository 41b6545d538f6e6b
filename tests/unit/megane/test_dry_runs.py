"""`megane playbook list`, `show` and `try`: what staff read, and what programs read."""

import re
from pathlib import Path

import msgspec
import pytest

from administration.dry_run_lines import Asked, DryRun, Resolved
from city.messages.text import Lang
from megane.dry_runs import Wanted, run_try
from megane.playbooks import PlaybookShown, run_list, run_show
from megane.settings import EndpointSettings, Settings

NOW_MS = 1_798_722_000_000  # 2026-12-31 22:00 in Tokyo
SECRET = "whsec_bm90IHRvIGJlIHNlZW4gYnkgYW55Ym9keQ=="


def tried(capsys: pytest.CaptureFixture[str], wanted: Wanted, settings: Settings | None = None) -> DryRun:
    run_try(settings or Settings(), wanted, NOW_MS, as_json=True, lang=Lang.JA)
    return msgspec.json.decode(capsys.readouterr().out, type=DryRun)


def test_json_is_the_records_as_documented(capsys: pytest.CaptureFixture[str]) -> None:
    found = tried(capsys, Wanted("river-3", resolved_after="2h"))
    assert (found.playbook, found.finished) == ("river-3", True)
    assert [(line.at - found.began).total_seconds() for line in found.lines if isinstance(line, Resolved)] == [7200]


def test_what_is_not_said_follows_from_the_rules_that_start_it(capsys: pytest.CaptureFixture[str]) -> None:
    run_show(Settings(), "tell-subscribers", as_json=True, lang=Lang.JA)
    first = msgspec.json.decode(capsys.readouterr().out, type=PlaybookShown).started_by[0]
    found = tried(capsys, Wanted("tell-subscribers"))
    assert (found.rule, found.incident_title, found.section) == (first.rule, first.title, first.owner)
    assert (found.severity, found.began.timestamp() * 1000) == (first.severity, NOW_MS)


def test_what_is_said_is_taken(capsys: pytest.CaptureFixture[str]) -> None:
    wanted = Wanted("river-3", "rain-alarm", "area/kawada", 5, ("steps.2=none",), at="2026-06-23T05:00")
    found = tried(capsys, wanted)
    assert (found.rule, found.subject_title.ja, found.severity) == ("rain-alarm", "河和田地区", 5)
    assert f"{found.began:%Y-%m-%d %H:%M%z}" == "2026-06-23 05:00+0900"
    assert [line.role for line in found.lines if isinstance(line, Asked)] == ["mayor", "cio"]


@pytest.mark.parametrize("lang", Lang)
@pytest.mark.parametrize("as_json", [False, True], ids=["table", "json"])
def test_no_secret_and_no_address_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], lang: Lang, *, as_json: bool
) -> None:
    file = tmp_path / "secret"
    file.write_text(SECRET)
    hidden = EndpointSettings("https://hooks.example.jp/services/T0KEN?key=s3cr3t", (str(file),))
    settings = Settings(endpoints=dict.fromkeys(("bosai", "doboku", "koho"), hidden))
    run_list(settings, as_json=as_json, lang=lang)
    run_show(settings, "river-3", as_json=as_json, lang=lang)
    run_try(
        settings, Wanted("river-3", answers=("steps.2=none",), resolved_after="2h"), NOW_MS, as_json=as_json, lang=lang
    )
    said = capsys.readouterr().out
    assert "river-3" in said
    for secret in (SECRET, SECRET.removeprefix("whsec_"), "hooks.example.jp", "T0KEN", "s3cr3t", str(file), "whsec"):
        assert secret not in said


def test_the_table_tells_who_hears_who_is_asked_and_that_nothing_was_done(capsys: pytest.CaptureFixture[str]) -> None:
    run_try(Settings(), Wanted("river-3", "river-evacuation"), NOW_MS, as_json=False, lang=Lang.JA)
    said = re.sub(r"\s+", "", capsys.readouterr().out)
    for words in (
        "防災危機管理課災害対応システム",
        "市長に尋ねる",
        "避難判断水位に到達",
        "何も送らず、何も動かしていません",
    ):
        assert words in said


@pytest.mark.parametrize("lang", Lang)
def test_every_playbook_of_the_city_is_listed_and_shown_and_tried(
    capsys: pytest.CaptureFixture[str], lang: Lang
) -> None:
    run_list(Settings(), as_json=True, lang=lang)
    every = msgspec.json.decode(capsys.readouterr().out, type=list[PlaybookShown])
    assert len({one.playbook for one in every}) == len(every) > 2
    run_list(Settings(), as_json=False, lang=lang)
    listed = capsys.readouterr().out
    for one in every:
        assert one.playbook in listed
        run_show(Settings(), one.playbook, as_json=False, lang=lang)
        shown = capsys.readouterr().out
        assert all(step.place in shown for step in one.steps)
        run_try(Settings(), Wanted(one.playbook, resolved_after="2d"), NOW_MS, as_json=False, lang=lang)
        assert one.playbook in capsys.readouterr().out
