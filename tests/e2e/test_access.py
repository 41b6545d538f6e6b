"""A city's doors as its first administrator and its programs find them: all as processes."""

import json
import re
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from bench.city_process import MEGANE, CityProcess
from bench.waiting import wait_for

PASSWORD = "correct horse battery"


def test_a_token_can_be_made_before_the_city_ran(tmp_path: Path, free_port: Callable[[], int]) -> None:
    (tmp_path / "home").mkdir()
    city = CityProcess(tmp_path / "home", free_port(), free_port())
    early = token(city, "read")
    with city, client(city, early) as reader:
        assert reader.get("/v1/alerts").is_success


@pytest.fixture
def city(tmp_path: Path, free_port: Callable[[], int]) -> Iterator[CityProcess]:
    with CityProcess(tmp_path / "home", free_port(), free_port()) as made:
        yield made


def megane(city: CityProcess, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [MEGANE[0], *arguments, "--home", str(city.home)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def token(city: CityProcess, scope: str) -> str:
    run = megane(city, "token", "create", "--scope", scope, "--json")
    assert run.returncode == 0, run.stderr
    return str(json.loads(run.stdout)["token"])


def client(city: CityProcess, token: str = "") -> httpx.Client:
    headers = {"authorization": f"Bearer {token}"} if token else {"origin": city.url}
    return httpx.Client(base_url=city.url, headers=headers, trust_env=False, timeout=30)


def first_link(city: CityProcess) -> str:
    wait_for(lambda: "/sign-in/link/" in city.log, "the link of the first administrator")
    return str(re.findall(r"(/sign-in/link/[\w-]+)", city.log)[-1])


def test_the_first_administrator_comes_in_and_lets_others_in(city: CityProcess) -> None:
    with client(city) as browser:
        assert browser.get("/v1/alerts").status_code == httpx.codes.UNAUTHORIZED
        assert browser.get("/readyz").is_success
        assert browser.get("/", headers={"accept": "text/html"}).headers["location"] == "/sign-in?next=%2F"
        answer = browser.post(first_link(city), data={"password": PASSWORD})
        assert answer.status_code == httpx.codes.SEE_OTHER
        page = browser.get("/people").text
        assert "管理者" in page
        mark = page.partition('name="csrf" value="')[2].partition('"')[0]
        form = {"csrf": mark, "login": "taro", "name": "<b>太郎</b>", "role": "member", "unit": "bosai"}
        page = browser.post("/people", data=form).text
        assert "&lt;b&gt;太郎&lt;/b&gt;" in page
        assert "<b>太郎" not in page
        link = re.findall(r"http://[^<]*(/sign-in/link/[\w-]+)", page)[0]
    with client(city) as member:
        assert member.post(link, data={"password": PASSWORD}).status_code == httpx.codes.SEE_OTHER
        assert member.get("/v1/alerts").is_success
        assert member.get("/people").status_code == httpx.codes.FORBIDDEN
        city.kill()
        city.start()
        # The session outlives the city, and no new first link is made.
        assert member.get("/v1/me").json()["name"] == "<b>太郎</b>"
    assert len(set(re.findall(r"(/sign-in/link/[\w-]+)", city.log))) == 1


def test_a_stream_ends_with_what_it_was_asked_for_by(city: CityProcess) -> None:
    """Signed out, disabled, revoked, over: whoever is put out hears no more."""
    with ExitStack() as opened:
        admin = opened.enter_context(client(city))
        admin.post(first_link(city), data={"password": PASSWORD})
        mark = admin.get("/people").text.partition('name="csrf" value="')[2].partition('"')[0]
        forms = {"x-csrf-token": mark}
        ids: dict[str, str] = {}
        browsers: dict[str, httpx.Client] = {}
        for login in ("leaver", "disabled", "expired", "stays"):
            body = {"login": login, "name": login, "offices": [{"role": "member", "unit": "bosai"}]}
            made = admin.post("/v1/people", json=body, headers=forms).json()
            ids[login] = made["person"]["id"]
            browsers[login] = opened.enter_context(client(city))
            browsers[login].post(made["path"], data={"password": PASSWORD})
        browsers["revoked"] = opened.enter_context(client(city, token(city, "read")))

        streams: dict[str, Iterator[str]] = {}
        for who, browser in browsers.items():
            answer = opened.enter_context(browser.stream("GET", "/v1/live"))
            assert answer.is_success
            streams[who] = answer.iter_lines()
            assert heard(streams[who], 1), who

        page = browsers["leaver"].get("/sensors").text
        own = page.partition('name="csrf" value="')[2].partition('"')[0]
        browsers["leaver"].post("/sign-in/out", data={"csrf": own})
        admin.post(f"/v1/people/{ids['disabled']}/disable", headers=forms).raise_for_status()
        (listed,) = admin.get("/v1/tokens").json()["tokens"]
        admin.post(f"/v1/tokens/{listed['id']}/revoke", headers=forms).raise_for_status()
        with sqlite3.connect(city.home / "city.sqlite", timeout=30) as database:
            database.execute("UPDATE session SET seen_ms = 0 WHERE person = ?", (ids["expired"],))
        database.close()

        for who in ("leaver", "disabled", "expired", "revoked"):
            assert not heard(streams[who], 60), f"{who} still hears"
            assert browsers[who].get("/v1/live").status_code == httpx.codes.UNAUTHORIZED
        assert heard(streams["stays"], 10)


def heard(stream: Iterator[str], rounds: int) -> bool:
    """Whether so many seconds of it come; each says what time it is."""
    for line in stream:
        rounds -= line == "event: now"
        if rounds == 0:
            return True
    return False


def test_who_was_refused_is_listed(city: CityProcess) -> None:
    with client(city) as browser, client(city, "made-up") as program:
        browser.post(first_link(city), data={"password": PASSWORD})
        for _ in range(7):
            browser.post("/sign-in", data={"login": "admin", "password": "guess of mine"})
        browser.post("/sign-in", data={"login": "typed into the wrong field", "password": "x"})
        program.get("/v1/alerts")
    wanted = Counter(
        {
            ("sign_in_refused", "admin"): 5,
            ("sign_in_throttled", "admin"): 2,
            ("sign_in_refused", None): 1,
            ("token_refused", None): 1,
        }
    )

    def listed() -> str:
        return megane(city, "security", "list", "--json").stdout

    def told() -> Counter[tuple[str, str | None]]:
        found: Counter[tuple[str, str | None]] = Counter()
        for one in json.loads(listed())["events"]:  # two for one where an hour begins in between
            found[one["kind"], one["device"]] += one["count"]
        return found

    wait_for(lambda: told() == wanted, f"all of {wanted}", 60)
    assert "guess of mine" not in listed() + city.log
    assert "typed into" not in listed() + city.log
    assert "admin" in megane(city, "security", "list").stdout


def test_tokens_are_made_beside_a_city_that_runs_and_one_that_does_not(city: CityProcess) -> None:
    read = token(city, "read")
    city.stop()
    admin = token(city, "admin")
    city.start()
    with client(city, read) as reader, client(city, admin) as administrator:
        assert reader.get("/v1/alerts").is_success
        assert reader.post("/v1/rules/reload").status_code == httpx.codes.FORBIDDEN
        assert administrator.post("/v1/rules/reload").is_success
        listed = administrator.get("/v1/tokens").json()["tokens"]
        assert {one["scope"] for one in listed} == {"read", "admin"}
        ident = next(one["id"] for one in listed if one["scope"] == "read")
        assert megane(city, "token", "revoke", ident).returncode == 0
        assert reader.get("/v1/alerts").status_code == httpx.codes.UNAUTHORIZED
    assert read not in city.log
    assert admin not in city.log


def test_the_audit_log_names_its_first_broken_line(city: CityProcess) -> None:
    for _ in range(3):
        token(city, "read")
    run = megane(city, "audit", "verify", "--json")
    assert run.returncode == 0, run.stderr
    noted = json.loads(run.stdout)
    token(city, "read")
    assert megane(city, "audit", "verify", "--expect", noted["hash"]).returncode == 0
    assert megane(city, "audit", "verify", "--expect", "0" * 64).returncode == 1
    city.stop()
    with sqlite3.connect(city.home / "city.sqlite") as database:
        with pytest.raises(sqlite3.IntegrityError):
            database.execute("UPDATE audit SET name = 'nobody' WHERE sequence = 2")
        database.execute("DROP TRIGGER audit_no_update")
        database.execute("UPDATE audit SET name = 'nobody' WHERE sequence = 2")
    database.close()
    run = megane(city, "audit", "verify")
    assert run.returncode == 1
    assert "2" in run.stderr
    assert "Traceback" not in run.stderr
