"""A real city for one flood: people, a gauge, a sign that obeys, a department and a channel that listen."""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import httpx
from standardwebhooks.webhooks import Webhook

from bench.city_process import CityProcess
from bench.waiting import wait_for
from city.catalog import Catalog
from city.catalog_file import load_catalog
from city.right import Role
from firmware_sim.fleet import Fleet
from firmware_sim.scenario_file import load_scenario
from megane.city_files import read_folder
from megane.clocks import SystemClock
from megane.settings import SABAE
from tests.support.publisher import Publisher
from tests.support.receiver import SECRET
from tests.support.scripted_http import Answer, Asked, ScriptedServer, scripted_server

PASSWORD: Final = "correct horse battery"
SIGN: Final = "rpi-under-oguro"
GAUGE: Final = "rpi-toba"  # its danger level is 6.50 m
# Sabae's own rule waits half an hour before it is over.
RULES: Final = """\
- id: river-danger
  title: {ja: はん濫危険水位に到達, en: River at the flood-danger level}
  owner: bosai
  select: {quantity: water_level, site: [toba]}
  raise: last() >= level("danger")
  clear: last() < level("danger") - 0.10
  severity: 4
  alert_level: 4
  playbook: flood
  tests:
    - readings: {"rpi-toba:water_level": "0m 6.4, 10m 6.6, 20m 6.3"}
      expect: [{at: 0m, state: inactive}, {at: 10m, state: firing}, {at: 20m, state: resolved}]
"""
PLAYBOOK: Final = """\
id: flood
title: {ja: 避難指示と通行止め, en: Evacuation and a closed road}
group: {by: [river], window: 30m}
steps:
  - webhook: {to: [bosai, doboku]}
  - case:
      section: bosai
      title: "避難指示の判断: {incident.place} {incident.title}"
      due: 15m
      checklist: [対象の町内の確認, 避難所の開設の確認]
  - approve:
      role: mayor
      deputy: [cio]
      within: 15m
      question: "避難指示を発令し、道路を閉めますか({incident.title}、重大度 {incident.severity})"
      on_reject: [notify: {to: [kanbu], text: "発令しないと決まりました({incident.title})。"}]
      on_expire: [notify: {to: [kanbu], text: "判断がまだです({incident.title})。"}]
  - command:
      device: rpi-under-oguro
      set: {message: 通行止}
      deadline: 2m
      undo_on_resolve: true
      undo: {message: ""}
  - notify: {to: [kanbu], text: "避難指示を発令しました({incident.title})。"}
on_resolve:
  - close_case: {reason: 水が引いたため}
"""
SIGNS: Final = """\
title: {ja: 表示板, en: Sign}
span: 1h
seed: 1
sampling: 1s
firmware: whole
phenomena:
  - {name: sign, kind: switch, sensors: {device: rpi-under-oguro, quantity: on_off}, from_h: 0, until_h: 0}
"""
PEOPLE: Final[Mapping[str, tuple[str, Role, str]]] = {
    "taro": ("鯖江 太郎", Role.MEMBER, "bosai"),
    "hanako": ("鯖江 花子", Role.SECTION_CHIEF, "bosai"),
    "mayor": ("市長 一郎", Role.MAYOR, ""),
    "kansa": ("監査 委員", Role.AUDITOR, ""),
}


class FloodedTown:
    """city: as a process; heard: webhooks of the departments and messages of the channel, each as it came."""

    def __init__(self, city: CityProcess, departments: ScriptedServer, channel: ScriptedServer) -> None:
        self.city = city
        self._departments = departments
        self._channel = channel

    def measure(self, metres: float) -> None:
        """The gauge says so, now."""
        reading = {"n": "water_level", "u": "m", "t": time.time(), "v": metres}
        with Publisher(self.city.mqtt_port) as device:
            device.send(f"megane/sabae/{GAUGE}/up", json.dumps([reading]))

    @property
    def told(self) -> Sequence[tuple[str, Mapping[str, Any]]]:
        """Endpoint and event of each webhook, in order of arrival."""
        verified = Webhook(SECRET)
        asked = list(self._departments.asked)
        for one in asked:
            verified.verify(one.body, {name.lower(): value for name, value in one.headers.items()})
        return [(one.path.removeprefix("/"), json.loads(one.body)) for one in asked]

    @property
    def messages(self) -> Sequence[str]:
        """Those of the channel, title and text."""
        return [_text(one) for one in list(self._channel.asked)]

    def shown(self) -> str:
        """What the sign shows, as the device says."""
        devices = self.city.api.get("/v1/devices").raise_for_status().json()["devices"]
        (sign,) = (one for one in devices if one["device"] == SIGN)
        return str((sign["outputs"] or {}).get("message", "?"))

    def commands(self) -> Sequence[Mapping[str, Any]]:
        """All that the sign was ever told."""
        found: list[Mapping[str, Any]] = (
            self.city.api.get(f"/v1/devices/{SIGN}/commands").raise_for_status().json()["commands"]
        )
        return found

    def cases(self) -> Sequence[Mapping[str, Any]]:
        """All cases."""
        found: list[Mapping[str, Any]] = self.city.api.get("/v1/cases").raise_for_status().json()["cases"]
        return found


def _text(one: Asked) -> str:
    body = json.loads(one.body)
    return f"{body['title']}\n{body['message']}"


@contextmanager
def flooded_town(folder: Path, free_port: Callable[[], int]) -> Iterator[FloodedTown]:
    """With everybody in it, and the sign dark. The playbook `flood` is in force, and the gauge has said nothing yet."""
    with ExitStack() as opened:
        departments = opened.enter_context(scripted_server(lambda _: Answer()))
        channel = opened.enter_context(scripted_server(lambda _: Answer(200)))
        settings = _settings(folder, departments.url, channel.url)
        arguments = ("--settings", str(settings), "--city", str(_city(folder / "city")))
        city = opened.enter_context(CityProcess(folder / "home", free_port(), free_port(), arguments=arguments))
        _let_in(city)
        opened.enter_context(_sign(city, folder))
        town = FloodedTown(city, departments, channel)
        wait_for(lambda: town.shown() == "", "the sign")
        yield town


def _city(folder: Path) -> Path:
    """Sabae's sensors and sections, with one rule and one playbook."""
    files = {**read_folder(SABAE, "catalog"), "rules/river.yaml": RULES, "playbooks/flood.yaml": PLAYBOOK}
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


def _settings(folder: Path, departments: str, channel: str) -> Path:
    (folder / "webhook.secret").write_text(SECRET, encoding="ascii")
    (folder / "kanbu.secret").write_text(channel.replace("http://", "json://"), encoding="ascii")
    endpoints = "".join(
        f'[endpoints.{name}]\nurl = "{departments}/{name}"\nsecret_files = ["{folder / "webhook.secret"}"]\n'
        for name in ("bosai", "doboku")
    )
    file = folder / "megane.toml"
    file.write_text(f'{endpoints}[channels]\nkanbu = "{folder / "kanbu.secret"}"\n', encoding="utf-8")
    return file


def _let_in(city: CityProcess) -> None:
    """Everybody has a password."""
    for login, (name, role, unit) in PEOPLE.items():
        wanted = {"login": login, "name": name, "offices": [{"role": role, "unit": unit}]}
        made = city.api.post("/v1/people", json=wanted).raise_for_status().json()
        with httpx.Client(base_url=city.url, headers={"origin": city.url}, trust_env=False, timeout=60) as browser:
            answer = browser.post(made["path"], data={"password": PASSWORD})
            assert answer.status_code == httpx.codes.SEE_OTHER, answer.text


@contextmanager
def _sign(city: CityProcess, folder: Path) -> Iterator[None]:
    """The real agent behind the sign, on an event loop in a thread: Playwright has the test's own."""
    catalog, ended = load_catalog(read_folder(SABAE, "catalog")), threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(_sail(city, folder, catalog, ended)), name="sign")
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


async def _sail(city: CityProcess, folder: Path, catalog: Catalog, ended: threading.Event) -> None:
    clock = SystemClock()
    start = datetime.fromtimestamp(clock.now_ms() // 1_000, UTC).isoformat()
    scenario = load_scenario({"scenarios/sign.yaml": f"start: {start}\n{SIGNS}"}, "sign", catalog)
    fleet = Fleet(
        scenario,
        clock=clock,
        network_clock=clock,
        steady_s=time.perf_counter,
        host="127.0.0.1",
        port=city.mqtt_port,
        root="megane",
        folder=folder / "devices",
    )
    sailing = asyncio.create_task(fleet.run())
    await asyncio.to_thread(ended.wait)
    sailing.cancel()
    await asyncio.wait([sailing])
