"""Sign-in through the city's identity provider: OpenID Connect, authorization code with PKCE, by Authlib.

What comes back is checked as OpenID Connect Core 1.0, 3.1.3.7 says: signature by the provider's published keys, issuer,
audience, time and nonce. The rest of the identity, and every right, is the city's own.
"""

import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

import httpx2
import msgspec
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from city.clock import Clock
from city.errors import UserError

TIMEOUT_S: Final = 10.0  # a provider that takes longer is down for whoever waits before a page
PENDING_MS: Final = 10 * 60_000  # somebody looks for their second factor
PENDING_AT_MOST: Final = 1_000  # who begins sign-ins by the thousand pushes out nobody but those before them
LEEWAY_S: Final = 60  # two clocks kept by NTP, and a provider's that is kept less well
# Signatures by the provider's private key; neither `none`, nor HMAC by a secret that every client has.
ALGORITHMS: Final = ("RS256", "PS256", "ES256", "ES384", "EdDSA")
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class ProviderError(UserError):
    """The provider does not answer, or its answer is not to be trusted."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom the provider names. subject: issuer and its own name for them; mail: only where it has verified it."""

    subject: str
    mail: str | None


@dataclass(frozen=True, slots=True)
class Begun:
    """Where the browser goes next, and what it must bring back."""

    url: str
    state: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Pending:
    nonce: str
    verifier: str
    redirect: str
    began_ms: int


class _Discovered(msgspec.Struct, frozen=True):
    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None


class Provider:
    """One identity provider. Blocking, for worker threads; asks it anew each time, for sign-ins are rare."""

    def __init__(self, issuer: str, client_id: str, client_secret: str, title: str, clock: Clock) -> None:
        """Raises ProviderError for an issuer that is none: https, or this machine itself."""
        parsed = urlsplit(issuer)
        if parsed.scheme != "https" and parsed.hostname not in LOOPBACK:
            raise ProviderError("people.provider_issuer", issuer=issuer)
        self.title = title
        self._issuer = issuer.rstrip("/")
        self._client_id = client_id
        self._client_secret = client_secret
        self._clock = clock
        self._pending: dict[str, _Pending] = {}
        self._lock = threading.Lock()

    def begin(self, redirect: str) -> Begun:
        """A sign-in; the provider sends the browser to `redirect` afterwards. Raises ProviderError."""
        found, now_ms = self._discover(), self._clock.now_ms()
        pending = _Pending(secrets.token_urlsafe(16), secrets.token_urlsafe(48), redirect, now_ms)
        with self._client(redirect) as client:
            url, state = client.create_authorization_url(
                found.authorization_endpoint,
                nonce=pending.nonce,
                code_challenge=create_s256_code_challenge(pending.verifier),  # type: ignore[no-untyped-call]  # stubs lack it
                code_challenge_method="S256",
            )
        with self._lock:
            self._pending[state] = pending
            if len(self._pending) > PENDING_AT_MOST:
                del self._pending[next(iter(self._pending))]
        return Begun(url, state)

    def finish(self, state: str, code: str) -> Identity:
        """Who came back with this code; good once. Raises ProviderError."""
        with self._lock:
            pending = self._pending.pop(state, None)
        if pending is None or pending.began_ms + PENDING_MS <= self._clock.now_ms():
            raise ProviderError("people.provider_late")
        found = self._discover()
        try:
            with self._client(pending.redirect) as client:
                answer = client.fetch_token(
                    found.token_endpoint,
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=pending.verifier,
                )
                keys = client.request("GET", found.jwks_uri, withhold_token=True).raise_for_status().json()
                claims = self._claims(str(answer.get("id_token", "")), keys, pending.nonce)
                if "email" not in claims and found.userinfo_endpoint:
                    told = client.get(found.userinfo_endpoint).raise_for_status().json()
                    if told.get("sub") == claims["sub"]:  # OpenID Connect Core, 5.3.2
                        claims = {**told, **claims}
        except (httpx2.HTTPError, OAuthError, JoseError, ValueError, KeyError) as error:
            raise ProviderError("people.provider_untrusted", problem=f"{type(error).__name__}: {error}"[:200]) from None
        mail = claims.get("email")
        verified = isinstance(mail, str) and claims.get("email_verified") is True
        return Identity(f"{self._issuer}\n{claims['sub']}", str(mail) if verified else None)

    def _claims(self, id_token: str, keys: Mapping[str, object], nonce: str) -> dict[str, object]:
        token = jwt.decode(id_token, KeySet.import_key_set(keys), algorithms=list(ALGORITHMS))  # type: ignore[arg-type]  # checked by the import itself
        registry = jwt.JWTClaimsRegistry(
            now=lambda: self._clock.now_ms() // 1000,
            leeway=LEEWAY_S,
            iss={"essential": True, "values": [self._issuer, f"{self._issuer}/"]},
            aud={"essential": True, "value": self._client_id},
            exp={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        registry.validate(token.claims)
        return dict(token.claims)

    def _discover(self) -> _Discovered:
        try:
            with httpx2.Client(timeout=TIMEOUT_S) as client:
                answer = client.get(f"{self._issuer}/.well-known/openid-configuration").raise_for_status()
            found = msgspec.json.decode(answer.content, type=_Discovered)
        except (httpx2.HTTPError, msgspec.MsgspecError) as error:
            raise ProviderError("people.provider_silent", issuer=self._issuer, problem=str(error)[:200]) from None
        if found.issuer.rstrip("/") != self._issuer:
            raise ProviderError("people.provider_other", issuer=self._issuer, other=found.issuer[:200])
        return found

    def _client(self, redirect: str) -> OAuth2Client:
        return OAuth2Client(
            client_id=self._client_id,
            client_secret=self._client_secret,
            redirect_uri=redirect,
            scope="openid email profile",
            timeout=TIMEOUT_S,
        )
