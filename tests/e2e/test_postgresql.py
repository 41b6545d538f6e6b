"""A city whose business is kept by a PostgreSQL server: killed in the middle, and told of a server that will not do."""

import asyncio
import json
import os
import signal
import subprocess
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from bench.city_process import MEGANE, CityProcess
from bench.servers import free_port as any_port
from bench.waiting import wait_for
from megane.postgresql import shown
from tests.support.postgresql import PASSWORD, USER, Postgresql
from tests.support.publisher import Publisher
from tests.support.receiver import OK, SECRET, Answer, Received, Receiver

UP, TOBA = "megane/sabae/rpi-toba/up", "rpi-toba:water_level"


def settings_file(folder: Path, url: sa.URL, webhook: str) -> Path:
    """Settings of a city that tells bosai."""
    (folder / "secret").write_text(SECRET, encoding="ascii")
    file = folder / "megane.toml"
    file.write_text(
        f'[database]\nurl = "{shown(url)}"\n'
        f'[endpoints.bosai]\nurl = "{webhook}"\nsecret_files = ["{folder / "secret"}"]\n',
        encoding="utf-8",
    )
    return file


async def test_an_alert_is_told_under_one_key_though_the_city_is_killed_before_it_knows_that_it_was(
    tmp_path: Path, free_port: Callable[[], int], postgresql: Postgresql
) -> None:
    answered = asyncio.Event()

    async def late(_: Received) -> Answer:
        await answered.wait()
        return OK

    with postgresql.database() as url:
        async with Receiver(late) as receiver:
            arguments = ("--settings", str(settings_file(tmp_path, url, receiver.url)))
            city = CityProcess(tmp_path / "home", free_port(), free_port(), arguments=arguments)
            await asyncio.to_thread(city.start)
            try:
                await asyncio.to_thread(send, city, 9.0)
                await receiver.until(lambda: len(receiver.requests) > 0)
                await asyncio.to_thread(city.kill)
                answered.set()
                await asyncio.to_thread(city.start)
                # What went out before the kill goes out again under its key, and what followed goes once.
                told = {request.id for request in receiver.requests}
                await receiver.until(lambda: told <= {taken.id for taken in receiver.taken})
                assert await asyncio.to_thread(city.stop) == 0
            finally:
                await asyncio.to_thread(city.__exit__)
    assert not (tmp_path / "home" / "city.sqlite").exists()
    keys: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for taken in receiver.taken:
        keys[taken.subject, taken.event["data"]["rule"], taken.state].add(taken.id)
    assert keys
    assert all(len(ids) == 1 for ids in keys.values())


async def test_a_city_goes_on_when_its_server_was_killed(tmp_path: Path, free_port: Callable[[], int]) -> None:
    with Postgresql(settings=()) as server, server.database() as url:
        async with Receiver() as receiver:
            arguments = ("--settings", str(settings_file(tmp_path, url, receiver.url)))
            city = CityProcess(tmp_path / "home", free_port(), free_port(), arguments=arguments)
            await asyncio.to_thread(city.start)
            try:
                await asyncio.to_thread(server.kill)
                await asyncio.to_thread(send, city, 9.0)
                await asyncio.to_thread(wait_for, lambda: away(city), "workers that wait for their database")
                assert not receiver.requests
                await asyncio.to_thread(server.start)
                await receiver.until(lambda: any(taken.subject == TOBA for taken in receiver.taken))
                assert await asyncio.to_thread(city.stop) == 0
            finally:
                await asyncio.to_thread(city.__exit__)


def test_a_second_city_on_the_same_database_is_refused_until_the_first_is_gone(tmp_path: Path) -> None:
    with Postgresql(settings=()) as server, server.database() as url:
        arguments = ("--settings", str(settings_file(tmp_path, url, "http://127.0.0.1:9/")))
        with CityProcess(tmp_path / "one", any_port(), any_port(), arguments=arguments) as first:
            refused(tmp_path, arguments)
            # A server that was killed comes back, and the first has its lock again before it is ever refused itself.
            server.kill()
            server.start()
            wait_for(lambda: held(url), "the lock, taken anew")
            refused(tmp_path, arguments)
            broker = first.broker_pid
            first.kill()
            os.kill(broker, signal.SIGTERM)  # it outlives its city, and would outlive the test
            with CityProcess(tmp_path / "three", any_port(), any_port(), arguments=arguments) as third:
                assert third.pid


def refused(folder: Path, arguments: tuple[str, ...]) -> None:
    """Another city on the same database ends, and says why in a line."""
    ports = ("--mqtt-port", str(any_port()), "--http-port", str(any_port()))
    ended = run("up", "--home", str(folder / "two"), *ports, *arguments)
    assert ended.returncode != 0
    assert "Another megane (another city, or another version) works on the database" in ended.stderr
    assert "Traceback" not in ended.stderr


def held(url: sa.URL) -> bool:
    """Whether somebody holds an advisory lock of the database for good."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted"
        return bool(connection.exec_driver_sql(locks).scalar())


def away(city: CityProcess) -> bool:
    return city.metrics()["megane_administration_database_waits_total"] > 0


def send(city: CityProcess, value: float) -> None:
    """A reading of this moment."""
    with Publisher(city.mqtt_port) as device:
        device.send(UP, json.dumps([{"n": "water_level", "u": "m", "t": time.time(), "v": value}]))


@pytest.mark.parametrize("command", ["check", "up"])
@pytest.mark.parametrize(
    ("url", "password", "said"),
    [
        ("postgresql://megane@127.0.0.1:{nobody}/city", None, "refused"),
        ("postgresql://megane@127.0.0.1:{port}/city", "wrong", "password authentication failed"),
        ("postgresql://megane@127.0.0.1:{port}/nowhere", PASSWORD, "does not exist"),
        ("postgresql://megane:hidden@127.0.0.1:{port}/city", None, "password_file"),
        ("mysql://megane:hidden@127.0.0.1/city", None, "must read postgresql://"),
    ],
    ids=["unreachable", "wrong-password", "no-such-database", "password-in-url", "no-postgresql"],
)
def test_a_server_that_will_not_do_is_told_in_a_line(
    tmp_path: Path, postgresql: Postgresql, command: str, url: str, password: str | None, said: str
) -> None:
    ended = megane(tmp_path, command, url.format(port=postgresql.port, nobody=any_port()), password)
    assert ended.returncode != 0
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "hidden" not in ended.stderr + ended.stdout


def test_several_workers_on_sqlite_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "megane.toml"
    file.write_text(f"[database]\nworkers = 3\n[mqtt]\nport = {any_port()}\n[http]\nport = {any_port()}\n")
    ended = run("up", "--settings", str(file), "--home", str(tmp_path / "home"))
    assert ended.returncode != 0
    assert "[database] workers = 3 is not possible with SQLite" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_environment_may_name_the_server() -> None:
    ended = run("check", MEGANE_DATABASE__URL=f"postgresql://megane@127.0.0.1:{any_port()}/city")
    assert ended.returncode != 0
    assert "refused" in ended.stderr


def test_by_its_password_a_server_is_found_to_be_fine(tmp_path: Path, postgresql: Postgresql) -> None:
    with postgresql.database() as url:
        asked = f"postgresql://{USER}@127.0.0.1:{postgresql.port}/{url.database}"
        ended = megane(tmp_path, "check", asked, PASSWORD)
    assert (ended.returncode, ended.stderr) == (0, "")


def megane(folder: Path, command: str, url: str, password: str | None) -> subprocess.CompletedProcess[str]:
    """Runs the command with these settings; its home is in `folder`."""
    file = folder / "megane.toml"
    lines = ["[database]", f'url = "{url}"']
    if password is not None:
        (folder / "password").write_text(password + "\n", encoding="ascii")
        lines.append(f'password_file = "{folder / "password"}"')
    file.write_text("\n".join(lines) + f"\n[mqtt]\nport = {any_port()}\n[http]\nport = {any_port()}\n")
    home = ["--home", str(folder / "home")] if command == "up" else []
    return run(command, "--settings", str(file), *home)


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs `megane` in English, with no settings in the environment but these."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("MEGANE_")}
    return subprocess.run(
        [MEGANE[0], *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env=inherited | {"MEGANE_LANG": "en"} | environment,
    )
