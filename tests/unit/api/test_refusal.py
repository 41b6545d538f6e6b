"""What is refused is a page to a browser, and a problem to a program."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from api.problem import wants_page
from city.errors import UnavailableError
from city.reading import ReadingBatch
from city.right import Role
from tests.support.served_pages import browse
from tests.support.shown_city import ShownCity, sabae
from tests.unit.api.test_admission import Staffed, csrf, staffed

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
HTML = {"accept": BROWSER}
NASTY = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staffed]:
    with staffed(tmp_path_factory.mktemp("refused")) as made:
        yield made


@pytest.mark.parametrize(
    ("accept", "page"),
    [
        (BROWSER, True),
        ("text/html", True),
        ("text/html;q=0.9, application/json;q=0.8", True),
        ("application/json, text/html;q=0.5", False),
        ("application/problem+json, text/html;q=0.9", False),
        ("text/html;q=0", False),
        ("application/json", False),
        ("*/*", False),
        ("", False),
    ],
)
def test_who_would_rather_have_a_page(accept: str, *, page: bool) -> None:
    assert wants_page(accept) is page


def refused(answer: httpx.Response, status: int, *words: str) -> str:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert "accept" in answer.headers["vary"].lower()
    for word in ('<html lang="ja">', *words):
        assert word in answer.text
    return answer.text


def test_every_refusal_is_a_page_that_says_what_happened_what_to_do_and_leads_back(city: Staffed) -> None:
    member, stranger = city.clients[Role.MEMBER], city.stranger
    mark = {"x-csrf-token": csrf(member), **HTML}
    back = {**HTML, "referer": f"{city.url}/sensors?q=toba"}
    text = refused(member.get("/people", headers=back), 403, "許可されていません", "課長かデジタル推進課に相談")
    assert 'href="/sensors?q=toba">前のページに戻る' in text
    assert 'href="/">今の状況を見る' in text
    refused(member.get("/v1/people", headers=HTML), 403, "許可されていません")
    refused(member.get("/nowhere", headers=HTML), 404, "「/nowhere」というページはありません", "今の状況から探して")
    refused(member.get("/sensors/rpi-toba/nothing", headers=HTML), 404, "rpi-toba")
    refused(member.put("/sensors", headers=mark), 405, "この操作はできません", "操作し直して")
    refused(member.get("/sensors?after=x", headers=HTML), 400, "入力した内容を確かめて")
    refused(member.get("/", headers={**HTML, "host": "evil.example"}), 400, "evil.example")
    refused(member.post("/people", headers={**HTML, "origin": "http://evil.example"}), 403, "別のサイト")
    text = refused(stranger.post("/people", headers=HTML | {"referer": f"{city.url}/people"}), 401, "サインイン")
    assert 'href="/sign-in?next=%2Fpeople"' in text
    assert "Bearer トークン" not in text


def test_what_somebody_else_changed_first_is_a_page_too(city: Staffed) -> None:
    member = city.clients[Role.MEMBER]
    mark = {"x-csrf-token": csrf(member), **HTML}
    case = member.post("/v1/cases", json={"section": "bosai", "title": "件"}, headers=mark).json()["id"]
    first, second = (
        member.patch(f"/v1/cases/{case}", json={"version": 1, "title": title}, headers=mark) for title in "甲乙"
    )
    assert first.is_success
    refused(second, 409, "いまの状態と食い違っています", "開き直して")


def test_a_part_of_a_page_that_is_asked_for_after_the_session_leads_the_page_to_sign_in(city: Staffed) -> None:
    part = {"accept": "text/html", "hx-request": "true", "hx-current-url": f"{city.url}/?lang=ja"}
    answer = city.stranger.get("/situation", headers=part)
    assert answer.status_code == httpx.codes.UNAUTHORIZED
    assert answer.headers["hx-redirect"] == "/sign-in?next=%2F%3Flang%3Dja"
    part["hx-current-url"] = "https://evil.example/x"
    assert city.stranger.get("/situation", headers=part).headers["hx-redirect"] == "/sign-in?next=%2Fx"


def test_programs_keep_their_problems(city: Staffed) -> None:
    member = city.clients[Role.MEMBER]
    for accept in ("*/*", "application/json", "application/json, text/html;q=0.1"):
        for path, status in (("/people", 403), ("/nowhere", 404), ("/sensors?after=x", 400)):
            answer = member.get(path, headers={"accept": accept})
            assert answer.status_code == status
            assert answer.headers["content-type"] == "application/problem+json"


def test_what_was_asked_stays_text(city: Staffed) -> None:
    member = city.clients[Role.MEMBER]
    for path in (f"/{NASTY}", f"/sensors/{NASTY}/x", f"/sensors?after={NASTY}"):
        assert NASTY not in member.get(path, headers={**HTML, "referer": f"{city.url}/{NASTY}"}).text


def test_a_way_back_stays_within_the_city(city: Staffed) -> None:
    member = city.clients[Role.MEMBER]
    for referer in ("https://evil.example/", "//evil.example/", "javascript:alert(1)", f"{city.url}/people"):
        assert "前のページに戻る" not in member.get("/people", headers={**HTML, "referer": referer}).text


class Away:
    """A store that is away, or has a defect."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def latest(self) -> ReadingBatch:
        raise self.error


@pytest.mark.parametrize(
    ("error", "status", "word"),
    [
        (UnavailableError("away"), 503, "少し待ってから"),
        (RuntimeError("secret words"), 500, "デジタル推進課に知らせて"),
    ],
    ids=["away", "defect"],
)
def test_what_is_our_own_fault_is_said_without_a_traceback(error: Exception, status: int, word: str) -> None:
    city: ShownCity = sabae()
    city.store = Away(error)  # type: ignore[assignment]  # all that is asked of it
    with browse(city) as client:
        client.headers["connection"] = "close"  # the server closes one on which there was a defect
        text = refused(client.get("/?lang=ja", headers=HTML), status, word, 'href="/?lang=ja">もう一度開く')
        assert "secret words" not in text
        answer = client.get("/v1/latest")
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"
        assert "default-src 'self'" in answer.headers["content-security-policy"]
        assert "secret words" not in answer.text


def test_a_name_tried_too_often_is_told_to_wait(tmp_path: Path) -> None:
    with staffed(tmp_path) as city:
        form = {"login": "mayor", "password": "wrong"}
        statuses = [city.stranger.post("/sign-in", data=form, headers=HTML).status_code for _ in range(6)]
        assert statuses == [httpx.codes.UNAUTHORIZED] * 5 + [httpx.codes.TOO_MANY_REQUESTS]
