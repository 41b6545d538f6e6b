"""Who comes in: people, tokens, sessions and the audit log, joined from their parts."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

import sqlalchemy as sa

from administration.people.audit import lines
from administration.people.doors import Doors
from administration.people.duty_desk import DutyDesk
from administration.people.passwords import Passwords
from administration.people.people import People
from administration.people.provider import Provider
from administration.people.tokens import Tokens
from api.access_ports import Access
from city.catalog import Department
from city.clock import Clock
from city.principal import CITY, Office, Principal
from city.right import Role
from city.security_event import TellSecurity
from megane.settings import SignInSettings, read_secret

# Whoever looks at a demo on its own machine: everything is to be tried, and nothing is real.
VISITOR: Final = Principal(
    "person:visitor",
    "お試しの方",
    tuple(Office(role, CITY) for role in (Role.MAYOR, Role.SECTION_CHIEF, Role.DIGITAL, Role.AUDITOR)),
)


def open_access(
    database: sa.Engine,
    reading: sa.Engine,
    clock: Clock,
    tree: Callable[[], Mapping[str, Department]],
    settings: SignInSettings,
    visitor: Principal | None,
    tell: TellSecurity,
) -> Access:
    """All of it. Raises a UserError for a provider that cannot be one, or whose secret cannot be read."""
    provider = None
    if (wanted := settings.provider) is not None:
        secret = read_secret(wanted.client_secret_file)
        provider = Provider(wanted.issuer, wanted.client_id, secret, wanted.title, clock)
    tokens = Tokens(database, reading, clock)
    return Access(
        doors=Doors(database, reading, clock, tokens, Passwords(), tell),
        people=People(database, clock, tree),
        duties=DutyDesk(database, reading, clock, tree),
        tokens=tokens,
        audit=partial(lines, reading),
        provider=provider,
        visitor=visitor,
    )
