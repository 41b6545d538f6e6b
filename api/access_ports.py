"""What the API asks about people: who comes in, who they are, and what was written down of it."""
# ruff: noqa: D102  the properties of a record are explained in its own docstring

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from city.duty import Duty, NewDuty
from city.principal import Office, Principal
from city.right import Role, Scope
from city.session import Session, SignIn


class Doors(Protocol):
    """Who comes in. Durable on return."""

    def session(self, secret: str, /, *, used: bool = True) -> Session | None:
        """Whose cookie this is, with the rights that they have now. used: False: only looked at, not prolonged."""
        ...

    def token(self, secret: str, /) -> Principal | None:
        """Whose token this is."""
        ...

    def sign_in(self, login: str, password: str, address: str, /) -> SignIn:
        """By password."""
        ...

    def by_provider(self, subject: str, mail: str | None, address: str, /) -> SignIn:
        """By the identity provider's word."""
        ...

    def owner_of(self, link_secret: str, /) -> str | None:
        """The name of whom a one-time link is for."""
        ...

    def redeem(self, link_secret: str, password: str, address: str, /) -> SignIn:
        """Sets a password by such a link. Raises a UserError for a password that cannot be."""
        ...

    def sign_out(self, secret: str, /) -> None:
        """The session is over."""
        ...

    def note(self, principal: Principal, what: str, about: str, /) -> None:
        """Into the audit log."""
        ...


class Begun(Protocol):
    """Where the browser goes, and what it must bring back."""

    @property
    def url(self) -> str: ...
    @property
    def state(self) -> str: ...


class Identity(Protocol):
    """Whom the provider names; mail: one that it has verified."""

    @property
    def subject(self) -> str: ...
    @property
    def mail(self) -> str | None: ...


class Provider(Protocol):
    """The city's identity provider. Raises a UserError where it does not answer or is not to be trusted."""

    @property
    def title(self) -> str: ...

    def begin(self, redirect: str, /) -> Begun:
        """A sign-in."""
        ...

    def finish(self, state: str, code: str, /) -> Identity:
        """Who came back."""
        ...


class Person(Protocol):
    """Somebody who works for the city."""

    @property
    def id(self) -> str: ...
    @property
    def login(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def mail(self) -> str | None: ...
    @property
    def offices(self) -> tuple[Office, ...]: ...
    @property
    def made_ms(self) -> int: ...
    @property
    def disabled_ms(self) -> int | None: ...
    @property
    def can_sign_in(self) -> bool: ...


class People(Protocol):
    """Who is there. Raises a UserError for what cannot be; durable on return."""

    def all(self) -> Sequence[Person]:
        """Everybody, by login."""
        ...

    def add(
        self, login: str, name: str, mail: str | None, offices: Sequence[Office], by: Principal, /
    ) -> tuple[Person, str]:
        """Somebody new, and the secret of their one-time link."""
        ...

    def change(self, ident: str, name: str, mail: str | None, offices: Sequence[Office], by: Principal, /) -> Person:
        """What they are from now on."""
        ...

    def disable(self, ident: str, by: Principal, /) -> Person:
        """They are out at once."""
        ...

    def new_link(self, ident: str, by: Principal, /) -> str:
        """The secret of a link for a new password."""
        ...

    def first_link(self) -> str | None:
        """Such a secret for the first who may look after people; None where somebody can sign in already."""
        ...


class Token(Protocol):
    """What is known of a program's token."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def scope(self) -> Scope: ...
    @property
    def made_ms(self) -> int: ...
    @property
    def made_by(self) -> str: ...
    @property
    def ends_ms(self) -> int: ...
    @property
    def revoked_ms(self) -> int | None: ...
    @property
    def used_ms(self) -> int | None: ...


class Tokens(Protocol):
    """Programs' tokens. Raises a UserError for what cannot be; durable on return."""

    def make(self, name: str, scope: Scope, days: int, by: Principal, /) -> tuple[Token, str]:
        """A new one, and its secret."""
        ...

    def all(self) -> Sequence[Token]:
        """Every one, the newest first."""
        ...

    def revoke(self, ident: str, by: Principal, /) -> Token:
        """It opens nothing from now on."""
        ...


class Roster(Protocol):
    """Who is to be asked, answered by people and entries as they stood when it was read."""

    def on_duty(self, role: Role, unit: str, at_ms: int, /) -> Sequence[str]:
        """The ids of those to ask."""
        ...

    def acts_as(self, person: str, role: Role, unit: str, at_ms: int, /) -> bool:
        """Whether they may answer as that role: they hold it, or act for somebody who does."""
        ...


class Duties(Protocol):
    """The roster's entries. Raises a UserError for what cannot be; durable on return."""

    def between(self, from_ms: int, until_ms: int, /) -> Sequence[Duty]:
        """Those in force at some time between, by their beginning."""
        ...

    def roster(self, from_ms: int, until_ms: int, /) -> Roster:
        """The same, with everybody."""
        ...

    def add(self, new: NewDuty, weeks: int, by: Principal, /) -> Sequence[Duty]:
        """One in each of so many weeks."""
        ...

    def remove(self, ident: str, by: Principal, /) -> Duty:
        """It stands there no more."""
        ...


class AuditLine(Protocol):
    """One line of the audit log."""

    @property
    def sequence(self) -> int: ...
    @property
    def at_ms(self) -> int: ...
    @property
    def who(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def what(self) -> str: ...
    @property
    def about(self) -> str: ...
    @property
    def hash(self) -> str: ...


class Audit(Protocol):
    """The audit log, read."""

    def __call__(self, before: int | None, limit: int, /) -> Sequence[AuditLine]:
        """The newest first, from before that number on."""
        ...


@dataclass(frozen=True, slots=True)
class Access:
    """Everything about who comes in. visitor: who everybody is that brings nothing (a demo); None: nobody."""

    doors: Doors
    people: People
    duties: Duties
    tokens: Tokens
    audit: Audit
    provider: Provider | None = None
    visitor: Principal | None = None
