import asyncio

import pytest

from administration.bell import Bell
from administration.outcome import Reason
from administration.ports import Address, AddressError
from administration.signature import Secret
from city.messages.text import Lang

SECRETS = (Secret(b"x" * 32),)


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_says_what_it_means(reason: Reason) -> None:
    assert reason.text(Lang.JA)
    assert reason.text(Lang.EN)


@pytest.mark.parametrize("url", ["", "ftp://a.test/", "https://", "bosai.test/hook", "http://[::1", "javascript:1"])
def test_an_address_is_a_url_with_a_host(url: str) -> None:
    with pytest.raises(AddressError) as error:
        Address.of(url, SECRETS, origin="endpoints.bosai")
    assert "endpoints.bosai" in error.value.text(Lang.JA)


def test_an_address_has_a_secret_and_shows_neither() -> None:
    with pytest.raises(AddressError):
        Address.of("https://a.test/", (), origin="endpoints.bosai")
    assert repr(Address.of("https://a.test/?key=hush", SECRETS, origin="endpoints.bosai")) == "Address()"


async def test_a_bell_wakes_from_any_thread_and_remembers_what_it_rang_for() -> None:
    bell = Bell()
    bell.ring()  # before anybody waits
    async with asyncio.timeout(10):
        await bell.wait()
    waiting = asyncio.ensure_future(bell.wait())
    await asyncio.sleep(0)
    assert not waiting.done()
    await asyncio.to_thread(bell.ring)
    async with asyncio.timeout(10):
        await waiting
