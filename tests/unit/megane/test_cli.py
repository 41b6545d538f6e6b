import sys
from pathlib import Path

import pytest

from city.errors import UserError
from city.messages.text import Lang
from megane.cli import build_app, duration_s, main
from megane.commands.options import language

COMMANDS = (
    "up",
    "demo",
    "replay",
    "check",
    "backtest",
    "tune",
    "shadow",
    "quarantine",
    "rules",
    "grafana",
    "schema",
    "version",
    "alerts",
    "silence",
    "case",
    "channel",
    "device",
    "playbook",
    "duty",
    "provision",
    "security",
    "token",
    "person",
    "audit",
)


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["megane", *arguments])
    monkeypatch.setenv("MEGANE_LANG", "en")
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


@pytest.mark.parametrize("lang", Lang)
def test_every_command_is_there_and_has_help(lang: Lang) -> None:
    app = build_app(lang)
    commands = {command.name: command.help for command in app.registered_commands}
    groups = {group.name: group.typer_instance for group in app.registered_groups}
    assert {*commands, *groups} == set(COMMANDS)
    assert all(commands.values())


@pytest.mark.parametrize(
    "command",
    [
        "up",
        "demo",
        "replay",
        "check",
        "backtest",
        "tune",
        "schema",
        "shadow report",
        "rules test",
        "quarantine list",
        "alerts close",
        "silence add",
        "case list",
        "case show",
        "case open",
        "case change",
        "case comment",
        "case tick",
        "case attach",
        "case close",
        "case reopen",
        "case void",
        "case export",
        "channel try",
        "device list",
        "device show",
        "device configure",
        "device command",
        "playbook list",
        "playbook show",
        "playbook try",
        "provision code",
        "provision revoke",
        "provision list",
        "security list",
        "device replace",
        "token create",
        "token list",
        "token revoke",
        "person list",
        "person add",
        "person link",
        "person disable",
        "audit verify",
        "audit list",
        "duty list",
        "duty add",
        "duty remove",
    ],
)
def test_help_has_examples(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str) -> None:
    assert run(monkeypatch, *command.split(), "--help") == 0
    assert f"megane {command}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("demo", "--for", "soon"), "soon is no duration"),
        (("demo", "--for", "5s"), "30s or more"),
        (("demo", "--for", "30s", "--scenario", "earthquake"), "earthquake"),
        (("replay", "nowhere", "--format", "excel"), "Unknown format excel"),
        (("replay", "nowhere"), "needs --rules, --from and --to"),
        (("replay", "nowhere", "--format", "journal"), "nowhere"),
        (("check", "--city", "nowhere"), "nowhere"),
        (("check", "--settings", "nowhere.toml"), "nowhere.toml"),
        (("rules", "test", "nowhere.yaml"), "nowhere.yaml"),
        (("quarantine", "list", "--home", "nowhere"), "nowhere"),
        (("device", "list", "--home", "nowhere"), "nowhere"),
        (("token", "create", "--home", "nowhere"), "nowhere"),
        (("duty", "list", "--home", "nowhere"), "nowhere"),
        (("duty", "list", "--from", "soon"), "soon"),
        (("channel", "try", "nobody"), "nobody"),
        (("audit", "verify", "--home", "nowhere"), "nowhere"),
        (("playbook", "show", "rivr-3"), "river-3"),
        (("playbook", "try", "flood"), "megane playbook list"),
        (("playbook", "try", "river-3", "--rule", "rain"), "rain"),
        (("playbook", "try", "river-3", "--subject", "toba"), "toba"),
        (("playbook", "try", "river-3", "--answer", "steps.0=approved"), "steps.0"),
        (("playbook", "try", "river-3", "--answer", "yes"), "yes"),
        (("playbook", "try", "river-3", "--answer", "steps.2=maybe"), "maybe"),
        (("playbook", "try", "river-3", "--device", "steps.2=done"), "steps.2"),
        (("playbook", "try", "river-3", "--device", "steps.2=broken"), "broken"),
        (("playbook", "try", "river-3", "--at", "soon"), "soon"),
        (("playbook", "try", "river-3", "--at", "2100-01-01T00:00"), "2100"),
        (("playbook", "try", "river-3", "--resolved-after", "soon"), "soon"),
        (("playbook", "list", "--city", "nowhere"), "nowhere"),
        (("case", "list", "--home", "nowhere"), "nowhere"),
        (("case", "export", "--home", "nowhere"), "--csv"),
        (("up", "--no-broker", "--mqtt-url", "ftp://x", "--home", "HOME"), "ftp://x"),
    ],
)
def test_what_a_person_can_cause_is_told_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    arguments: tuple[str, ...],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(monkeypatch, *(str(tmp_path / "home") if a == "HOME" else a for a in arguments)) == 1
    captured = capsys.readouterr()
    assert said in captured.err
    assert "Traceback" not in captured.err


@pytest.mark.parametrize(("text", "seconds"), [("60s", 60.0), ("2m", 120.0), ("1h", 3600.0), ("45", 45.0)])
def test_durations(text: str, seconds: float) -> None:
    assert duration_s(text) == seconds


def test_a_bad_duration_says_what_is_right() -> None:
    with pytest.raises(UserError) as caught:
        duration_s("-1s")
    assert "60s" in caught.value.text(Lang.JA)


@pytest.mark.parametrize(
    ("environment", "lang"),
    [
        ({}, Lang.JA),
        ({"LANG": "C.UTF-8"}, Lang.JA),
        ({"LANG": "en_GB.UTF-8"}, Lang.EN),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "ja_JP.UTF-8"}, Lang.JA),
        ({"LANG": "ja_JP.UTF-8", "MEGANE_LANG": "en"}, Lang.EN),
    ],
)
def test_japanese_unless_english_is_asked_for(environment: dict[str, str], lang: Lang) -> None:
    assert language(environment) is lang
