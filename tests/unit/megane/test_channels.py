"""The settings' channels: what a check says of them, and a trial of one."""

import asyncio
import json
import shutil
from pathlib import Path

import pytest

from administration.channel import ChannelError
from administration.playbook import load_playbooks
from city.messages.text import Lang
from megane.channels import TrialError, read_channels, run_try, unnamed_channels
from megane.check import run_check
from megane.settings import Settings, SettingsError, load_settings
from tests.support.mail_server import ChatServer

PLAYBOOK = """\
id: notifying
title: {ja: 水防, en: Flood}
steps:
  - notify: {to: [bosai-mail, kanri], text: 水位}
  - branch: {when: {severity: 4}, then: [notify: {to: [night], text: 夜}], else: [wait: {for: 1m}]}
on_resolve:
  - notify: {to: [kanri, over], text: 解除}
"""


def settings(folder: Path, url: str = "json://127.0.0.1:1/hunter2") -> Settings:
    (folder / "mail").write_text(f"{url}\n")
    (folder / "megane.toml").write_text(f'[channels]\nbosai-mail = "{folder / "mail"}"\n')
    return load_settings(folder / "megane.toml", {}, {})


def test_settings_name_the_file_of_each_channel(tmp_path: Path) -> None:
    channels = read_channels(settings(tmp_path).channels)
    found = channels.channel("bosai-mail")
    assert found is not None
    assert found.services == ("JSON",)
    assert channels.channel("other") is None
    with pytest.raises(SettingsError, match="gone"):
        read_channels({"bosai-mail": str(tmp_path / "gone")})


def test_channels_that_only_playbooks_name_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    playbooks = load_playbooks({"playbooks/flood.yaml": PLAYBOOK})
    assert unnamed_channels(settings(tmp_path), playbooks) == ["kanri", "night", "over"]

    shutil.copytree(Settings().city, tmp_path / "city")  # whose rules name playbooks of their own
    (tmp_path / "city" / "playbooks" / "notifying.yaml").write_text(PLAYBOOK)
    chosen = load_settings(tmp_path / "megane.toml", {}, {"city": str(tmp_path / "city")})
    run_check(chosen, as_json=False, lang=Lang.JA)
    said = next(line for line in capsys.readouterr().out.splitlines() if "[channels]" in line)
    assert all(name in said for name in ("kanri", "night", "over"))
    assert "bosai-mail" not in said


def test_a_check_refuses_a_channel_that_leads_nowhere(tmp_path: Path) -> None:
    with pytest.raises(ChannelError) as caught:
        run_check(settings(tmp_path, "slakc://hunter2"), as_json=False, lang=Lang.JA)
    assert "hunter2" not in caught.value.text(Lang.JA)


async def test_a_trial_is_sent_and_says_that_it_is_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with ChatServer() as server:
        chosen = settings(tmp_path, f"json://127.0.0.1:{server.port}/hunter2")
        await asyncio.to_thread(run_try, chosen, "bosai-mail", as_json=False, lang=Lang.JA)
        said = capsys.readouterr().out
        await asyncio.to_thread(run_try, chosen, "bosai-mail", as_json=True, lang=Lang.JA)
        tried = json.loads(capsys.readouterr().out)
    first, second = (json.loads(body) for _, body in server.requests)
    assert first["title"] == "【試験】鯖江市 からの通知の試験です"
    assert "bosai-mail(JSON)に送りました" in said
    assert "hunter2" not in said
    assert tried["outcome"] == "delivered"
    assert f"照会番号 {tried['reference']}" in second["message"]


async def test_a_trial_that_fails_says_why_and_what_to_do(tmp_path: Path) -> None:
    async with ChatServer(status=403) as server:
        chosen = settings(tmp_path, f"json://127.0.0.1:{server.port}/hunter2")
        with pytest.raises(TrialError) as caught:
            await asyncio.to_thread(run_try, chosen, "bosai-mail", as_json=False, lang=Lang.JA)
    said = caught.value.text(Lang.JA)
    assert "宛先" in said
    assert "error=403" in said
    assert "hunter2" not in said


def test_a_trial_of_an_unknown_channel_names_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(ChannelError, match="bosai-mail"):
        run_try(settings(tmp_path), "bosai", as_json=False, lang=Lang.EN)
