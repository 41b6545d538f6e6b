"""People, tokens and the audit log, for programs and the command line."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from api import access_ports
from api.admission import principal_of
from api.moment import iso, iso_or_none
from api.ports import View
from api.problem import problems
from city.principal import Office
from city.right import RIGHTS, SCOPES, Right, Role, Scope

LINES_AT_MOST: Final = 1_000
Name = Annotated[str, Field(min_length=1, max_length=64, examples=["鯖江 太郎"])]
Mail = Annotated[str | None, Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+$", examples=["taro@city.sabae.example"])]


class OfficeHeld(BaseModel):
    """A role at a place of the tree."""

    role: Role
    unit: Annotated[str, Field(max_length=64, description="A department's id; empty: the whole city.")] = ""


class Me(BaseModel):
    """Who asks."""

    id: str
    name: str
    offices: list[OfficeHeld]
    scope: Annotated[Scope | None, Field(description="Of a program; null: a person.")]
    rights: list[Right]


class PersonShown(BaseModel):
    """Somebody who works for the city."""

    id: str
    login: str
    name: str
    mail: str | None
    offices: list[OfficeHeld]
    made: str
    disabled: str | None
    can_sign_in: Annotated[bool, Field(description="Whether they have a password, or came by the provider before.")]


class PeopleShown(BaseModel):
    """Everybody, by user name."""

    people: list[PersonShown]


class ChangedPerson(BaseModel):
    """What somebody is from now on."""

    name: Name
    mail: Mail = None
    offices: Annotated[list[OfficeHeld], Field(max_length=20)] = []


class NewPerson(ChangedPerson):
    """Somebody new."""

    login: Annotated[str, Field(min_length=1, max_length=64, examples=["taro"])]


class Linked(BaseModel):
    """Somebody with the path of a one-time link: good once, for 48 hours, shown only here."""

    person: PersonShown
    path: Annotated[str, Field(examples=["/sign-in/link/…"])]


class NewToken(BaseModel):
    """A key for a program."""

    name: Name
    scope: Scope = Scope.READ
    days: Annotated[int, Field(description="How long it is good.")] = 365


class TokenShown(BaseModel):
    """What is known of one."""

    id: str
    name: str
    scope: Scope
    made: str
    by: str
    ends: str
    revoked: str | None
    used: Annotated[str | None, Field(description="To the hour.")]


class TokensShown(BaseModel):
    """The newest first."""

    tokens: list[TokenShown]


class TokenMade(BaseModel):
    """The token itself is shown only here."""

    token: str
    about: TokenShown


class AuditLineShown(BaseModel):
    """One line. `hash` chains it to the one before."""

    sequence: int
    at: str
    who: str
    name: str
    what: str
    about: str
    hash: str


class AuditLines(BaseModel):
    """The newest first."""

    lines: list[AuditLineShown]


def routes(view: View) -> APIRouter:
    """`/v1/me`, `/v1/people`, `/v1/tokens`, `/v1/audit`."""
    router = APIRouter(prefix="/v1", tags=["people"])
    people, tokens = view.access.people, view.access.tokens

    @router.get("/me", summary="Who I am here", responses=problems(401, 403))
    def me(request: Request) -> Me:
        """And what I may, anywhere at all."""
        who = principal_of(request)
        rights = SCOPES[who.scope] if who.scope is not None else {r for o in who.offices for r in RIGHTS[o.role]}
        return Me(id=who.id, name=who.name, offices=_held(who.offices), scope=who.scope, rights=sorted(rights))

    @router.get("/people", summary="Everybody", responses=problems(401, 403, 503))
    def everybody() -> PeopleShown:
        """With their offices."""
        return PeopleShown(people=[_person(one) for one in people.all()])

    @router.post("/people", summary="Add a person", responses=problems(400, 401, 403, 503))
    def add(request: Request, new: NewPerson) -> Linked:
        """They set their password by the link."""
        one, secret = people.add(new.login, new.name, new.mail, _offices(new), principal_of(request))
        return Linked(person=_person(one), path=link_path(secret))

    @router.put("/people/{ident}", summary="Change a person", responses=problems(400, 401, 403, 503))
    def change(request: Request, ident: str, changed: ChangedPerson) -> PersonShown:
        """In force at their next request."""
        by = principal_of(request)
        return _person(people.change(ident, changed.name, changed.mail, _offices(changed), by))

    @router.post("/people/{ident}/disable", summary="Disable a person", responses=problems(400, 401, 403, 503))
    def disable(request: Request, ident: str) -> PersonShown:
        """Out at once; a new link brings them back."""
        return _person(people.disable(ident, principal_of(request)))

    @router.post("/people/{ident}/link", summary="A link for a new password", responses=problems(400, 401, 403, 503))
    def link(request: Request, ident: str) -> Linked:
        """One that was made before is void."""
        secret = people.new_link(ident, principal_of(request))
        return Linked(person=_person(next(one for one in people.all() if one.id == ident)), path=link_path(secret))

    @router.get("/tokens", summary="Tokens of programs", responses=problems(401, 403, 503))
    def all_tokens() -> TokensShown:
        """Their secrets are known to nobody."""
        return TokensShown(tokens=[token_shown(one) for one in tokens.all()])

    @router.post("/tokens", summary="Make a token", responses=problems(400, 401, 403, 503))
    def make(request: Request, new: NewToken) -> TokenMade:
        """For `Authorization: Bearer`."""
        made, secret = tokens.make(new.name, new.scope, new.days, principal_of(request))
        return TokenMade(token=secret, about=token_shown(made))

    @router.post("/tokens/{ident}/revoke", summary="Revoke a token", responses=problems(400, 401, 403, 503))
    def revoke(request: Request, ident: str) -> TokenShown:
        """It opens nothing any more."""
        return token_shown(tokens.revoke(ident, principal_of(request)))

    @router.get("/audit", summary="The audit log", responses=problems(400, 401, 403, 503))
    def audit(
        before: Annotated[int | None, Query(ge=1, description="Lines before this number.")] = None,
        limit: Annotated[int, Query(ge=1, le=LINES_AT_MOST)] = 100,
    ) -> AuditLines:
        """Who did what."""
        return AuditLines(lines=[_line(one) for one in view.access.audit(before, limit)])

    return router


def link_path(secret: str) -> str:
    """Where a one-time link leads."""
    return f"/sign-in/link/{secret}"


def _offices(given: ChangedPerson) -> list[Office]:
    return [Office(one.role, one.unit) for one in given.offices]


def _held(offices: tuple[Office, ...]) -> list[OfficeHeld]:
    return [OfficeHeld(role=one.role, unit=one.unit) for one in offices]


def _person(one: access_ports.Person) -> PersonShown:
    return PersonShown(
        id=one.id,
        login=one.login,
        name=one.name,
        mail=one.mail,
        offices=_held(one.offices),
        made=iso(one.made_ms),
        disabled=iso_or_none(one.disabled_ms),
        can_sign_in=one.can_sign_in,
    )


def token_shown(one: access_ports.Token) -> TokenShown:
    """As the API shows it."""
    return TokenShown(
        id=one.id,
        name=one.name,
        scope=one.scope,
        made=iso(one.made_ms),
        by=one.made_by,
        ends=iso(one.ends_ms),
        revoked=iso_or_none(one.revoked_ms),
        used=iso_or_none(one.used_ms),
    )


def _line(one: access_ports.AuditLine) -> AuditLineShown:
    return AuditLineShown(
        sequence=one.sequence,
        at=iso(one.at_ms),
        who=one.who,
        name=one.name,
        what=one.what,
        about=one.about,
        hash=one.hash,
    )
