"""`notify` against real servers of mail and chat, and against those that do not work."""

import asyncio
import json
import logging
from collections.abc import Callable, Iterator, Mapping

import pytest

from administration.channel import Channel
from administration.notifier import Notifier
from administration.outcome import Delivered, Outcome, Reason, Rejected, RetryAfter
from tests.support.mail_server import ChatServer, MailServer

KEY = "0d6b7c52a1"
SECRET = "hunter2-very-secret"
BODY = "はん濫危険水位【浅水川】\n鳥羽の水位が 6.02 m になりました。\n担当: 防災危機管理課".encode()


@pytest.fixture(autouse=True, scope="module")
def services() -> None:
    """Loaded before the first message, as a city does at its start: it takes seconds."""
    Channel.read("json://127.0.0.1", channel="bosai", file="-")


class Logged(logging.Handler):
    """What reaches the city's log. Not pytest's own: that listens also where a city does not."""

    text = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.text += f"{record.name} {record.getMessage()}\n"


@pytest.fixture
def logged() -> Iterator[Logged]:
    handler, root = Logged(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler
    root.removeHandler(handler)
    root.setLevel(level)


class Named:
    """Implements `administration.ports.Channels` over a table."""

    def __init__(self, channels: Mapping[str, tuple[str, ...]]) -> None:
        self._channels = channels

    def channel(self, name: str) -> Channel | None:
        found = self._channels.get(name)
        return None if found is None else Channel(found)


def mail(port: int, more: str = "") -> str:
    return f"mailto://127.0.0.1:{port}?from=megane@city.example&to=bosai@city.example{more}"


def chat(port: int, more: str = "") -> str:
    return f"json://staff:{SECRET}@127.0.0.1:{port}/hook/{SECRET}/{more}"


async def sent(notifier: Notifier, channel: str = "bosai", key: str = KEY) -> Outcome:
    return await notifier.send(channel, key, BODY)


async def test_a_mail_in_japanese_comes_with_its_subject_and_its_reference() -> None:
    async with MailServer() as server, Notifier(Named({"bosai": (mail(server.port),)})) as notifier:
        assert await sent(notifier) == Delivered()
    (came,) = server.mails
    assert came["subject"] == "はん濫危険水位【浅水川】"
    assert came["from"] == "megane@city.example"
    assert came["idempotency-key"] == KEY
    text = came.get_body(("plain", "html"))
    assert text is not None
    content = text.get_content()
    assert "鳥羽の水位が 6.02 m になりました。" in content
    assert f"照会番号 {KEY}" in content


async def test_a_chat_service_gets_title_text_and_key() -> None:
    async with ChatServer() as server, Notifier(Named({"bosai": (chat(server.port),)})) as notifier:
        assert await sent(notifier) == Delivered()
    ((headers, body),) = server.requests
    came = json.loads(body)
    assert came["title"] == "はん濫危険水位【浅水川】"
    assert came["message"] == f"鳥羽の水位が 6.02 m になりました。\n担当: 防災危機管理課\n\n照会番号 {KEY}"
    assert headers["idempotency-key"] == KEY


async def test_what_was_not_taken_is_sent_again_to_those_alone_that_did_not_take_it() -> None:
    async with ChatServer() as good, ChatServer(status=503) as bad:
        urls = chat(good.port), chat(bad.port)
        async with Notifier(Named({"bosai": urls})) as notifier:
            refused = await sent(notifier)
            assert isinstance(refused, RetryAfter)
            assert (refused.reason, refused.status) == (Reason.NOT_TAKEN, 503)
            bad.status = 200
            assert await sent(notifier) == Delivered()
            assert (len(good.requests), len(bad.requests)) == (1, 2)
            # Another message, or the same once it was delivered, is news again.
            assert await sent(notifier, key="another") == Delivered()
            assert (len(good.requests), len(bad.requests)) == (2, 3)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 429, 500])
async def test_a_service_that_says_no_is_asked_again(status: int) -> None:
    """Apprise does not tell a no from a not now: a message that is dropped may be an alarm."""
    async with ChatServer(status=status) as server, Notifier(Named({"bosai": (chat(server.port),)})) as notifier:
        outcome = await sent(notifier)
    assert isinstance(outcome, RetryAfter)
    assert (outcome.reason, outcome.status) == (Reason.NOT_TAKEN, status)


async def test_a_service_called_optional_is_not_believed() -> None:
    async with ChatServer(status=500) as server:
        url = chat(server.port, "?optional=yes")
        async with Notifier(Named({"bosai": (url,)})) as notifier:
            assert isinstance(await sent(notifier), RetryAfter)


async def test_a_mail_server_that_refuses_is_asked_again() -> None:
    async with MailServer(answer="554 no") as server, Notifier(Named({"bosai": (mail(server.port),)})) as notifier:
        outcome = await sent(notifier)
    assert isinstance(outcome, RetryAfter)
    assert outcome.reason is Reason.NOT_TAKEN


async def test_a_dead_server_is_an_outcome(free_port: Callable[[], int]) -> None:
    dead = free_port()
    for url in (mail(dead), chat(dead)):
        async with Notifier(Named({"bosai": (url,)})) as notifier:
            outcome = await sent(notifier)
        assert isinstance(outcome, RetryAfter), url
        assert outcome.reason is Reason.NOT_TAKEN


async def test_a_server_that_hangs_is_left_alone_in_time_and_holds_up_nobody_else() -> None:
    async with ChatServer() as good, ChatServer(hold=asyncio.Event()) as hung:
        channels = Named({"bosai": (chat(hung.port), chat(good.port)), "doboku": (chat(good.port),)})
        async with Notifier(channels, attempt_s=0.5) as notifier:
            outcomes = await asyncio.gather(*(sent(notifier, key=f"k{n}") for n in range(8)))
            assert outcomes == [RetryAfter(Reason.TIMEOUT)] * 8
            assert len(good.requests) == 8
            assert await sent(notifier, "doboku") == Delivered()
            assert hung.hold is not None
            hung.hold.set()


async def test_what_a_slow_server_took_after_all_is_not_sent_to_it_again() -> None:
    hold = asyncio.Event()
    async with ChatServer(hold=hold) as slow, ChatServer(status=500) as bad:
        async with Notifier(Named({"bosai": (chat(slow.port), chat(bad.port))}), attempt_s=0.5) as notifier:
            assert isinstance(await sent(notifier), RetryAfter)
            hold.set()
            taken = notifier._taken["bosai", KEY]
            async with asyncio.timeout(10):
                while not taken:  # noqa: ASYNC110  set by a thread
                    await asyncio.sleep(0.01)
            bad.status = 200
            assert await sent(notifier) == Delivered()
        assert (len(slow.requests), len(bad.requests)) == (1, 2)


async def test_a_channel_that_the_settings_do_not_have_is_rejected() -> None:
    async with Notifier(Named({})) as notifier:
        assert await sent(notifier) == Rejected(Reason.NO_ADDRESS)


async def test_no_text_and_broken_text_are_sent_as_well_as_can_be() -> None:
    async with ChatServer() as server, Notifier(Named({"bosai": (chat(server.port),)})) as notifier:
        for body in (b"", b"\xff\xfe", b"only a title"):
            assert await notifier.send("bosai", KEY, body) == Delivered()
    assert [json.loads(body)["title"] for _, body in server.requests] == ["", "\ufffd\ufffd", "only a title"]


async def test_no_secret_is_logged_or_shown(logged: Logged, free_port: Callable[[], int]) -> None:
    """Whatever happens, and however much is logged."""
    seen: list[object] = []
    async with ChatServer() as good, ChatServer(status=401) as bad, MailServer(answer=f"554 {SECRET}") as mails:
        urls = (
            chat(good.port),
            chat(bad.port),
            chat(free_port()),
            f"mailto://user:{SECRET}@127.0.0.1:{mails.port}?from=megane@city.example&to=bosai@city.example",
            f"slack://{SECRET}",
            f"nothing {SECRET}",
        )
        async with Notifier(Named({str(n): (url,) for n, url in enumerate(urls)})) as notifier:
            seen += [await sent(notifier, str(n)) for n in range(len(urls))]
            seen += [notifier._destinations, Channel(urls)]
    kinds = [type(outcome) for outcome in seen[: len(urls)]]
    assert kinds == [Delivered, RetryAfter, RetryAfter, RetryAfter, Rejected, Rejected]
    assert SECRET not in repr(seen)
    assert logging.getLogger("apprise").isEnabledFor(logging.DEBUG)  # so that it did speak
    assert SECRET not in logged.text
    # Others that use the same library are heard as before.
    logging.getLogger("urllib3.connectionpool").warning("the store does not answer")
    assert "the store does not answer" in logged.text
