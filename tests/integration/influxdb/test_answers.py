"""What the store makes of every answer that a server, or a proxy before it, can give."""

import re
import socket
from collections.abc import Callable, Iterator
from email.utils import formatdate
from pathlib import Path
from time import time

import msgspec
import pytest

from city.errors import RefusedError, UnavailableError
from city.ports import RefusedReading, Written
from ingest.stores.influxdb import InfluxStore
from ingest.stores.influxdb_server import InfluxDBError
from tests.support.batches import batch_of
from tests.support.scripted_http import Answer, Asked, ScriptedServer, scripted_server
from tests.support.small_catalog import catalog_of

T = 1_719_104_400_000
Open = Callable[..., InfluxStore]
NOTHING = b'{"results": [{}]}'


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with scripted_server(well) as scripted:
        yield scripted


def well(asked: Asked) -> Answer:
    return Answer(200, NOTHING) if asked.path == "/query" else Answer()


def writes(asked: Asked) -> bool:
    return asked.path in {"/write", "/api/v2/write"}


@pytest.fixture(params=["1", "2"])
def store(request: pytest.FixtureRequest, server: ScriptedServer, opened: Open) -> InfluxStore:
    store = opened(url=server.url, version=request.param, create=False, timeout_s=0.5)
    store.bind(catalog_of("a:level"))
    return store


@pytest.mark.parametrize("status", [401, 403, 404, 408, 429, 500, 502, 503, 504])
def test_what_is_no_word_on_the_points_waits(server: ScriptedServer, store: InfluxStore, status: int) -> None:
    server.answer = lambda asked: Answer(status, b'{"error": "not today"}') if writes(asked) else well(asked)
    with pytest.raises(UnavailableError, match=f"{status}: not today") as error:
        store.write(batch_of([(0, T, 1.0)]))
    assert error.value.retry_after_s is None
    server.answer = well
    assert store.write(batch_of([(0, T, 1.0)])) == Written(1, 0)


@pytest.mark.parametrize("status", [429, 503])
def test_the_server_says_when_to_come_again(server: ScriptedServer, store: InfluxStore, status: int) -> None:
    wait = {"Retry-After": "7"}
    server.answer = lambda asked: Answer(status, headers=wait) if writes(asked) else well(asked)
    with pytest.raises(UnavailableError) as error:
        store.write(batch_of([(0, T, 1.0)]))
    assert error.value.retry_after_s == 7
    wait["Retry-After"] = formatdate(time() + 60, usegmt=True)
    with pytest.raises(UnavailableError) as error:
        store.write(batch_of([(0, T, 1.0)]))
    assert error.value.retry_after_s is not None
    assert 50 < error.value.retry_after_s <= 60


@pytest.mark.parametrize(
    ("written", "at_least_s"),
    [
        ("Wed, 21 Oct 2099 07:28:00 -0000", 1e9),  # RFC 5322: UTC, of an unknown place
        ("Wed, 21 Oct 2099 07:28:00", 1e9),
        ("Wed, 21 Oct 1999 07:28:00 GMT", 0),
        ("Wed, 21 Oct 99999999999999999999 07:28:00 GMT", None),
        *((nothing, None) for nothing in ("soon", "", "inf", "nan", "1e400", "-3")),
    ],
)
def test_what_a_server_may_say_of_when_to_come_again(
    server: ScriptedServer, store: InfluxStore, written: str, at_least_s: float | None
) -> None:
    server.answer = lambda asked: Answer(429, headers={"Retry-After": written}) if writes(asked) else well(asked)
    with pytest.raises(UnavailableError) as error:
        store.write(batch_of([(0, T, 1.0)]))
    assert (error.value.retry_after_s is None) == (at_least_s is None)
    assert (error.value.retry_after_s or 0) >= (at_least_s or 0)


@pytest.mark.parametrize(
    "page",
    [
        Answer(200, b"<html>sign in</html>"),  # what stands before the server lets nobody through
        Answer(502, "ゲートウェイの誤り".encode("euc-jp")),
        Answer(302, headers={"Location": "/login"}),
    ],
    ids=["a-page-to-sign-in", "not-in-utf-8", "elsewhere"],
)
def test_what_a_proxy_answers_is_no_success(server: ScriptedServer, store: InfluxStore, page: Answer) -> None:
    server.answer = lambda asked: page if writes(asked) else well(asked)
    with pytest.raises(UnavailableError):
        store.write(batch_of([(0, T, 1.0)]))


def test_a_server_that_will_not_be_prepared_refuses_no_reading(server: ScriptedServer, opened: Open) -> None:
    store = opened(url=server.url, version="1")
    store.bind(catalog_of("a:level"))
    server.answer = lambda _: Answer(400, b'{"error": "CREATE DATABASE is not supported"}')
    with pytest.raises(UnavailableError, match="not supported"):
        store.write(batch_of([(0, T, 1.0)]))


@pytest.mark.parametrize("version", ["1", "2"])
def test_a_server_that_never_answers_is_away(version: str, opened: Open) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        store = opened(url=url, version=version, create=False, timeout_s=0.05)
        store.bind(catalog_of("a:level"))
        with pytest.raises(UnavailableError, match="does not answer"):
            store.write(batch_of([(0, T, 1.0)]))
        with pytest.raises(UnavailableError, match="does not answer"):
            store.latest()


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_refused_point_is_found_among_many(server: ScriptedServer, store: InfluxStore, status: int) -> None:
    def picky(asked: Asked) -> Answer:
        if writes(asked) and b"value=13.0," in asked.body:
            return Answer(status, b'{"code": "invalid", "message": "13 is unlucky"}')
        return well(asked)

    server.answer = picky
    written = store.write(batch_of([(0, T + n, 13.0 if n in {3, 64} else 1.0) for n in range(100)]))
    assert written == Written(98, 0, (RefusedReading(3, "13 is unlucky"), RefusedReading(64, "13 is unlucky")))
    taken = {line for asked in server.asked if writes(asked) for line in asked.body.split(b"\n")}
    assert len(taken) == 100


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            b'{"error": "partial write", "data": [{"line_number": 1, "error_message": "No fields were provided"}]}',
            "partial write: No fields were provided",
        ),
        (b'{"error": "parsing failed", "data": {"error_message": "invalid float"}}', "parsing failed: invalid float"),
        (b'{"error": "parsing failed", "data": null}', "parsing failed"),
        (b'{"code": "invalid", "message": "retention exceeded"}', "retention exceeded"),
    ],
)
def test_why_a_point_is_refused_is_said_in_the_servers_own_words(
    server: ScriptedServer, store: InfluxStore, body: bytes, words: str
) -> None:
    server.answer = lambda asked: Answer(400, body) if writes(asked) else well(asked)
    assert store.write(batch_of([(0, T, 1.0)])) == Written(0, 0, (RefusedReading(0, words),))


def test_too_large_a_body_is_sent_in_parts(server: ScriptedServer, store: InfluxStore) -> None:
    server.answer = lambda asked: Answer(413, b"too large") if writes(asked) and len(asked.body) > 500 else well(asked)
    assert store.write(batch_of([(0, T + n, 1.0) for n in range(50)])) == Written(50, 0)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"results": [{"error": "timeout"}]}', "timeout"),
        (b"<html>hello</html>", "is no InfluxDB"),
    ],
)
def test_answers_that_are_none(server: ScriptedServer, store: InfluxStore, body: bytes, words: str) -> None:
    server.answer = lambda _: Answer(200, body)
    with pytest.raises(UnavailableError, match=words):
        store.latest()


def test_a_question_that_the_server_does_not_understand_is_not_asked_again(
    server: ScriptedServer, store: InfluxStore
) -> None:
    server.answer = lambda _: Answer(400, b'{"error": "error parsing query"}')
    with pytest.raises(RefusedError, match="error parsing query"):
        store.latest()


@pytest.mark.parametrize(
    ("options", "header"),
    [
        ({"version": "1", "username": "megane", "password_file": "secret"}, "Basic bWVnYW5lOnMzY3JldA=="),
        ({"version": "2", "token_file": "secret"}, "Token s3cret"),
        ({"version": "3", "token_file": "secret"}, "Bearer s3cret"),
    ],
)
def test_the_account_is_shown_at_each_question(
    server: ScriptedServer, opened: Open, tmp_path: Path, options: dict[str, str], header: str
) -> None:
    (tmp_path / "secret").write_text("s3cret\n")
    options = {name: str(tmp_path / value) if name.endswith("_file") else value for name, value in options.items()}
    store = opened(url=server.url, create=False, **options)
    store.bind(catalog_of("a:level"))
    store.latest()
    store.write(batch_of([(0, T, 1.0)]))
    shown = [asked.headers.get("Authorization", "") for asked in server.asked]
    assert len(shown) == 2
    assert shown[0] == header
    assert shown[1] == (header if options["version"] == "1" else "Token s3cret")  # influxdb-client's own form


def test_writing_waits_for_no_question(server: ScriptedServer, store: InfluxStore) -> None:
    server.answer = lambda asked: well(asked) if writes(asked) else Answer(500)
    assert store.write(batch_of([(0, T, 1.0)])) == Written(1, 0)
    store.maintain(T)
    with pytest.raises(UnavailableError):
        store.latest()


def test_settings_that_cannot_be_used_are_told(opened: Open, tmp_path: Path) -> None:
    with pytest.raises(InfluxDBError, match="Cannot read the secret's file nowhere"):
        opened(version="2", token_file="nowhere")
    (tmp_path / "key").write_bytes(b"\xd0\xff")
    (tmp_path / "word").write_text("合言葉", encoding="utf-8")
    with pytest.raises(InfluxDBError, match=r"key: .*utf-8"):
        opened(version="1", username="megane", password_file=str(tmp_path / "key"))
    with pytest.raises(InfluxDBError, match="word: "):
        opened(version="2", token_file=str(tmp_path / "word"))
    opened(version="1", username="市", password_file=str(tmp_path / "word")).close()
    for option in ({"raw_days": -1}, {"timeout_s": 0}, {"database": ""}):
        with pytest.raises(msgspec.ValidationError):
            opened(**option)
    for url in ("influx.city", "http://[::1", "https://", "file:///etc"):
        with pytest.raises(InfluxDBError, match=f"{re.escape(repr(url))} cannot be used as url"):
            opened(url=url)
