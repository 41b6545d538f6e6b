"""What administration asks of others. `megane/` implements these from the loaded rules, catalog and settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import httpx

from administration.channel import Channel
from administration.outcome import Outcome
from administration.playbook import Playbook
from administration.signature import Secret
from city.alert import AlertEvent
from city.catalog import Catalog
from city.errors import UserError
from city.rule import Rule


class AddressError(UserError):
    """A URL cannot be one of a webhook."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where an endpoint takes its webhooks and what they are signed with (the newest secret first).

    Neither shows in a log: many services put a key into the URL.
    """

    url: str = field(repr=False)
    secrets: tuple[Secret, ...] = field(repr=False)

    @classmethod
    def of(cls, url: str, secrets: tuple[Secret, ...], *, origin: str) -> "Address":
        """The address, checked; `origin` says which setting it comes from. Raises AddressError."""
        try:
            parsed = httpx.URL(url)
        except httpx.InvalidURL as e:
            raise AddressError("administration.address_url", origin=origin) from e
        if parsed.scheme not in {"http", "https"} or not parsed.host:
            raise AddressError("administration.address_url", origin=origin)
        if not secrets:
            raise AddressError("administration.address_unsigned", origin=origin)
        return cls(url, secrets)


class Addresses(Protocol):
    """The settings' addresses of the catalog's endpoints."""

    def address(self, endpoint: str) -> Address | None:
        """None where the settings name none: nothing can be sent there."""
        ...


class Channels(Protocol):
    """The settings' channels of mail and chat, by the names that playbooks have for them."""

    def channel(self, name: str) -> Channel | None:
        """None where the settings name none: nothing can be sent there."""
        ...


class InForce(Protocol):
    """What is in force now. Asked from the database thread: implementations give immutable records."""

    def catalog(self) -> Catalog:
        """The catalog."""
        ...

    def playbooks(self) -> Mapping[str, Playbook]:
        """The playbooks of the city, by id."""
        ...

    def rule(self, rule: str) -> Rule | None:
        """The rule of that id (without `:no-data`); None for alerts of the system and rules that are gone."""
        ...

    def link(self, event: AlertEvent) -> str | None:
        """The page on which a person sees this alert; None where the city has no public address."""
        ...


class Sender(Protocol):
    """Sends what a step has to say to an endpoint. Every fault out there is an outcome, never an exception."""

    async def send(self, endpoint: str, key: str, body: bytes) -> Outcome:
        """One attempt. `key` is the idempotency key, the same over all attempts."""
        ...
