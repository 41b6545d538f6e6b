"""`megane demo`: a scenario through the whole path, from simulated devices to departments, in quick motion."""

import asyncio
import logging
import random
import shutil
import socket
import sys
import tempfile
import time
import webbrowser
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import msgspec
import uvloop
from rich.console import Console

from city.catalog import Catalog
from city.catalog_file import load_catalog
from city.errors import UserError
from city.messages import say
from city.messages.text import Lang, Text
from firmware_sim.fleet import Fleet
from firmware_sim.quick_motion import in_quick_motion
from firmware_sim.scenario import Scenario
from firmware_sim.scenario_file import load_scenario, played_catalog
from megane.access import VISITOR
from megane.city_files import read_folder
from megane.clocks import ScaledClock, SystemClock
from megane.demo_departments import Departments, Receipt
from megane.demo_influxdb import influxdb
from megane.demo_plan import DemoPlan
from megane.demo_report import Report, make_report, settled
from megane.episodes import TOKYO
from megane.running import run_city, stop_on_signals
from megane.settings import Http, Mqtt, Settings, StoreSettings
from megane.up import SWITCH_S, log_to_stderr
from megane.wiring import City, wire

SHORTEST_S: Final = 30.0
# At the end, devices wait for the last receipts and departments for the last webhooks: real seconds, generous.
QUIET_S: Final = 60.0
SETTLED_S: Final = 60.0
PAGE_PORT: Final = 8080
DATABASE: Final = "megane-demo"  # of its own, so that it mixes with no city's readings


class DemoError(UserError):
    """The demo cannot be run so, or what it did does not add up."""


def run_demo(plan: DemoPlan, lang: Lang) -> None:
    """Runs it. Raises DemoError when the books do not balance or an event was not delivered: exit status 1."""
    if plan.for_s is not None and plan.for_s < SHORTEST_S:
        raise DemoError("megane.demo-too-short", given=plan.for_s)
    log_to_stderr(logging.WARNING)
    sys.setswitchinterval(SWITCH_S)
    with tempfile.TemporaryDirectory(prefix="megane-demo-") as home:
        report = uvloop.run(_demo(plan, Path(home), lang))
    if report is None:
        return
    if plan.as_json:
        print(msgspec.json.encode(report).decode())  # noqa: T201  the command's result
    else:
        Console().print(report.text(lang), soft_wrap=True, highlight=False)
    if not report.balanced:
        raise DemoError(
            "megane.demo-unbalanced",
            published=report.published,
            received=report.accounted,
            missing=len(report.undelivered),
        )


async def _demo(plan: DemoPlan, home: Path, lang: Lang) -> Report | None:
    async with AsyncExitStack() as stack:
        store = await _store(plan, home, stack)
        return await _demo_with(plan, store, home, lang)


async def _store(plan: DemoPlan, home: Path, stack: AsyncExitStack) -> StoreSettings:
    """The store's settings, and an InfluxDB behind them for as long as `stack`."""
    if plan.store != "influxdb":
        return StoreSettings(kind=plan.store)
    url = plan.store_url
    if url is None:
        url = await stack.enter_async_context(influxdb(home / "influxdb", _free_port(), _free_port()))
    # A scenario may play years ago: nothing of it is to be past its time.
    return StoreSettings(kind="influxdb", options={"url": url, "database": DATABASE, "raw_days": 0})


async def _demo_with(plan: DemoPlan, store: StoreSettings, home: Path, lang: Lang) -> Report | None:
    settings = Settings(
        home=str(home),
        mqtt=Mqtt(port=_free_port()),
        http=Http(port=plan.http_port or _page_port()),
        store=store,
    )
    staged = await asyncio.to_thread(_stage, Path(settings.city), plan, home)
    settings, scenario, speed = (
        msgspec.structs.replace(settings, city=str(staged.folder)),
        staged.scenario,
        staged.speed,
    )
    console = Console(stderr=True, highlight=False, soft_wrap=True)

    def told(receipt: Receipt) -> None:
        if not plan.as_json:
            _print(console, departments, receipt, lang)

    departments = Departments(staged.catalog, time.perf_counter, told)
    end_ms = None if plan.span_s is None else scenario.start_ms + round(plan.span_s * 1000)
    clock = ScaledClock(scenario.start_ms, speed, end_ms=end_ms)
    city = await asyncio.to_thread(
        wire,
        settings,
        clock,
        random.Random(scenario.seed),  # noqa: S311  jitter, no secret
        asyncio.get_running_loop(),
        addresses=departments.addresses(),
        notice=_notice(scenario, speed),
        visitor=VISITOR,
    )
    fleet = _fleet(scenario, clock, settings, end_ms, home / "devices")
    until, stopped = asyncio.Event(), asyncio.Event()
    stop_on_signals(stopped)
    reports: list[Report] = []

    async def show() -> None:
        url = f"http://127.0.0.1:{settings.http.port}/"
        console.print(say("megane.demo-running", lang, scenario=scenario.title.of(lang), speed=speed, url=url))
        if plan.browser:
            await asyncio.to_thread(webbrowser.open, url)
        reports.append(await _play(plan, city, clock, fleet, departments, stopped))
        until.set()

    async with asyncio.TaskGroup() as tasks:
        serving = tasks.create_task(departments.run(), name="departments")
        await run_city(city, until, show)
        serving.cancel()
    return reports[0] if plan.ends else None


@dataclass(frozen=True, slots=True)
class _Stage:
    """What is played, and the folder of the city that it is played in."""

    folder: Path
    scenario: Scenario
    catalog: Catalog
    speed: float


def _stage(city: Path, plan: DemoPlan, home: Path) -> _Stage:
    """The city itself, or below `home` what becomes of it: a larger one, one that runs faster than its readings."""
    own, scenarios = read_folder(city, "catalog"), read_folder(city, "scenarios")
    played = played_catalog(scenarios, plan.scenario, own)
    catalog = load_catalog(played)
    scenario = load_scenario(scenarios, plan.scenario, catalog)
    scenario = replace(scenario, whole=plan.whole or scenario.whole)
    speed = plan.speed or scenario.speed
    played = in_quick_motion(played, speed)
    if played is own:
        return _Stage(city, scenario, catalog, speed)
    folder = home / "city"
    (folder / "catalog").mkdir(parents=True)
    for kind in ("rules", "scenarios", "playbooks"):
        if (city / kind).is_dir():
            shutil.copytree(city / kind, folder / kind)
    for path, text in played.items():
        (folder / path).write_text(text, encoding="utf-8")
    return _Stage(folder, scenario, catalog, speed)


async def _play(
    plan: DemoPlan, city: City, clock: ScaledClock, fleet: Fleet, departments: Departments, stopped: asyncio.Event
) -> Report:
    """The fleet for as long as was asked for, or until stopped; then until everything has reached its end."""
    async with asyncio.TaskGroup() as tasks:
        sailing = tasks.create_task(fleet.run(), name="fleet")
        sampled = tasks.create_task(_then(fleet.sampled, stopped), name="span")
        with suppress(TimeoutError):
            async with asyncio.timeout(plan.for_s):
                await stopped.wait()
        sampled.cancel()
        if plan.ends:
            waiting = await fleet.quiesce(QUIET_S)
            if waiting:
                raise DemoError("megane.demo-silent", devices=waiting, seconds=QUIET_S)
            clock.hold()
            await settled(city, fleet, SETTLED_S)
        sailing.cancel()
    return await asyncio.to_thread(make_report, city, fleet, departments)


async def _then(first: asyncio.Event, then: asyncio.Event) -> None:
    await first.wait()
    then.set()


def _notice(scenario: Scenario, speed: float) -> Text:
    """What every page says first, so that nobody takes a simulated flood for a real one."""
    return Text(
        *(say("megane.demo-notice", lang, scenario=scenario.title.of(lang), speed=speed) for lang in (Lang.JA, Lang.EN))
    )


def _fleet(scenario: Scenario, clock: ScaledClock, settings: Settings, end_ms: int | None, folder: Path) -> Fleet:
    return Fleet(
        scenario,
        clock=clock,
        network_clock=SystemClock(),
        steady_s=time.perf_counter,
        host="127.0.0.1",
        port=settings.mqtt.port,
        root=settings.mqtt.root,
        end_ms=end_ms,
        folder=folder,
    )


def _print(console: Console, departments: Departments, receipt: Receipt, lang: Lang) -> None:
    event = receipt.event.data
    console.print(
        say(
            "megane.demo-told",
            lang,
            time=event.at.astimezone(TOKYO).strftime("%H:%M"),
            department=departments.titles[receipt.endpoint].of(lang),
            title=event.title.of(lang),
            subject=event.subject_title.of(lang),
            state=say(f"megane.demo-{event.state}", lang),
        )
    )


def _free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def _page_port() -> int:
    """The usual port where it is free, so that a bookmark stays good."""
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            s.bind(("127.0.0.1", PAGE_PORT))
        except OSError:
            return _free_port()
    return PAGE_PORT
