"""Sign-in through a real OpenID Connect provider, started by the test: there and back, and what must not get in."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from administration.people.people import People
from administration.people.provider import PENDING_MS, Provider, ProviderError
from bench.waiting import wait_for
from city.principal import Office, Principal
from city.right import Role
from city.security_event import SecurityKind
from megane.clocks import SystemClock
from megane.database import open_database
from megane.settings import ProviderSettings, SignInSettings
from tests.support.manual_clock import ManualClock
from tests.support.served_pages import Served
from tests.support.shown_city import ShownCity, sabae

SETUP = Principal("person:setup", "設定")
BACK = "http://127.0.0.1:1/sign-in/callback"


@dataclass
class Idp:
    """The provider. It asks for no password: whoever names a subject is that."""

    issuer: str

    def user(self, subject: str, **claims: object) -> None:
        httpx.put(f"{self.issuer}/users/{subject}", json=claims, trust_env=False).raise_for_status()

    def authorize(self, url: str, subject: str) -> str:
        """As the person at the browser would; gives where the browser is sent back to."""
        with httpx.Client(trust_env=False) as client:
            page = client.get(url)
            page.raise_for_status()
            answer = client.post(url, data={"sub": subject})
        assert answer.status_code in {302, 303}, answer.text
        return str(answer.headers["location"])


@pytest.fixture(scope="module")
def idp(tmp_path_factory: pytest.TempPathFactory, free_port: Callable[[], int]) -> Iterator[Idp]:
    port = free_port()
    log = (tmp_path_factory.mktemp("idp") / "log").open("wb")
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), "--require-nonce", "true"]
    with log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        issuer = f"http://localhost:{port}"

        def answers() -> bool:
            try:
                return httpx.get(f"{issuer}/.well-known/openid-configuration", trust_env=False).is_success
            except httpx.TransportError:
                return False

        wait_for(answers, "the provider")
        yield Idp(issuer)
        process.terminate()


@pytest.fixture
def city(idp: Idp, tmp_path: Path) -> Iterator[tuple[ShownCity, Served]]:
    secret = tmp_path / "secret"
    secret.write_text("of-the-client\n")
    shown = sabae()
    shown.visitor, shown.database = None, open_database(tmp_path / "city.sqlite")
    shown.sign_in = SignInSettings(ProviderSettings(idp.issuer, "megane", str(secret), "鯖江市の認証"))
    # The provider's tokens are of this very moment.
    shown.wall = SystemClock()
    served = Served(shown)
    yield shown, served
    served.stop()
    shown.database.dispose()


def came_back(idp: Idp, client: httpx.Client, subject: str) -> httpx.Response:
    begun = client.get("/sign-in/provider", params={"next": "/sensors"})
    assert begun.status_code == httpx.codes.SEE_OTHER
    back = urlsplit(idp.authorize(begun.headers["location"], subject))
    return client.get(f"{back.path}?{back.query}")


def test_there_and_back(idp: Idp, city: tuple[ShownCity, Served]) -> None:
    shown, served = city
    people = People(shown.database, shown.clock, lambda: shown.catalog.departments)
    people.add("taro", "鯖江 太郎", "taro@example.jp", [Office(Role.MEMBER, "bosai")], SETUP)
    idp.user("t-1", email="taro@example.jp", email_verified=True)
    idp.user("t-2", email="taro@example.jp", email_verified=False)
    idp.user("t-3", email="stranger@example.jp", email_verified=True)
    with httpx.Client(base_url=served.url, trust_env=False) as client:
        assert "鯖江市の認証 でサインイン" in client.get("/sign-in").text
        for subject in ("t-2", "t-3"):
            assert came_back(idp, client, subject).status_code == httpx.codes.UNAUTHORIZED
            assert client.get("/v1/me").status_code == httpx.codes.UNAUTHORIZED
        answer = came_back(idp, client, "t-1")
        assert answer.headers["location"] == "/sensors"
        assert client.get("/v1/me").json()["name"] == "鯖江 太郎"


def test_what_was_begun_in_another_browser_is_not_ended_in_this_one(idp: Idp, city: tuple[ShownCity, Served]) -> None:
    """Or somebody could be signed in as another without knowing it."""
    shown, served = city
    idp.user("t-1", email="taro@example.jp", email_verified=True)
    with httpx.Client(base_url=served.url, trust_env=False) as theirs, httpx.Client(base_url=served.url) as mine:
        begun = theirs.get("/sign-in/provider")
        back = urlsplit(idp.authorize(begun.headers["location"], "t-1"))
        assert mine.get(f"{back.path}?{back.query}").status_code == httpx.codes.FORBIDDEN
        assert mine.get("/sign-in/callback").status_code == httpx.codes.FORBIDDEN
        begun = theirs.get("/sign-in/provider")
        state = parse_qs(urlsplit(begun.headers["location"]).query)["state"][0]
        assert theirs.get("/sign-in/callback", params={"state": state, "code": "made-up"}).is_client_error
    shown.security.write()
    (event,) = shown.security.events(10)
    assert (event.kind, event.count) == (SecurityKind.PROVIDER_REFUSED, 3)
    assert event.detail.startswith("127.0.0.1: ")
    assert "made-up" not in event.detail


def test_an_answer_is_good_once_and_for_a_time(idp: Idp) -> None:
    clock = ManualClock(SystemClock().now_ms())
    provider = Provider(idp.issuer, "megane", "secret", "", clock)
    idp.user("t-1", email="taro@example.jp", email_verified=True)

    def returned() -> tuple[str, str]:
        asked = parse_qs(urlsplit(idp.authorize(provider.begin(BACK).url, "t-1")).query)
        return asked["state"][0], asked["code"][0]

    state, code = returned()
    assert provider.finish(state, code).subject == f"{idp.issuer}\nt-1"
    with pytest.raises(ProviderError):
        provider.finish(state, code)
    state, _ = returned()
    with pytest.raises(ProviderError, match="cannot be trusted"):
        provider.finish(state, "made-up")
    state, code = returned()
    clock.advance(PENDING_MS / 1000)
    with pytest.raises(ProviderError, match="took too long"):
        provider.finish(state, code)


def test_a_token_for_somebody_else_or_of_another_time_is_not_believed(idp: Idp) -> None:
    """Claims by claim: the provider signs what it is asked to, and we look at it as another client, at another time."""
    idp.user("t-1", email="taro@example.jp", email_verified=True)
    clock = ManualClock(SystemClock().now_ms())
    provider = Provider(idp.issuer, "megane", "secret", "", clock)
    for spoil, claim in (("client", "invalid_grant|aud"), ("nonce", "nonce"), ("time", "expired")):
        begun = provider.begin(BACK)
        url = begun.url
        if spoil == "nonce":
            url = re.sub(r"nonce=[^&]+", "nonce=another", url)
        asked = parse_qs(urlsplit(idp.authorize(url, "t-1")).query)
        if spoil == "client":
            provider._client_id = "another"
        if spoil == "time":
            pending = provider._pending[begun.state]
            clock.advance(3 * 3_600)
            provider._pending[begun.state] = type(pending)(
                pending.nonce, pending.verifier, pending.redirect, clock.now_ms()
            )
        with pytest.raises(ProviderError, match=claim):
            provider.finish(begun.state, asked["code"][0])
        provider._client_id = "megane"


def test_a_provider_that_is_none_is_refused_and_one_that_is_silent_is_told(free_port: Callable[[], int]) -> None:
    with pytest.raises(ProviderError, match="begin with https"):
        Provider("http://id.example.jp", "megane", "secret", "", SystemClock())
    with pytest.raises(ProviderError, match="does not answer"):
        Provider(f"http://localhost:{free_port()}", "megane", "secret", "", SystemClock()).begin(BACK)
