"""Who comes in: sign-in by password or one-time link, sessions, tokens; and what they do is written down."""

from typing import Final

import sqlalchemy as sa

from administration.people.audit import append
from administration.people.passwords import Passwords, Throttle
from administration.people.people import read_people
from administration.people.secret import hashed, new_secret
from administration.people.tables import link, person, session
from administration.people.tokens import Tokens
from administration.transaction import transaction
from city.clock import Clock
from city.principal import Principal
from city.security_event import SecurityKind, TellSecurity
from city.session import Refused, Session, SignedIn, SignIn, Throttled

IDLE_MS: Final = 12 * 3_600_000  # a night shift that looks once in the evening and once in the morning
LONGEST_MS: Final = 7 * 86_400_000  # ASVS 3.3.2 asks for an end; a week's duty roster
_NOTE_MS: Final = 60_000  # that a session was used is written once a minute at most


class Doors:
    """Blocking; durable on return; safe for use from several threads. Which of the reasons refused is told to nobody.

    reading: an engine that only reads: every request asks who it is from, and must not wait for a writer
    tell: of every refusal, with the address; under the user name where somebody has it. What was typed as a name that
        nobody has is kept by its beginning alone, here and in the audit log: people type passwords there.
    """

    def __init__(
        self,
        database: sa.Engine,
        reading: sa.Engine,
        clock: Clock,
        tokens: Tokens,
        passwords: Passwords,
        tell: TellSecurity,
    ) -> None:
        self._tell = tell
        self._database = database
        self._reading = reading
        self._clock = clock
        self._tokens = tokens
        self._passwords = passwords
        self._throttle = Throttle(clock)

    def session(self, secret: str, *, used: bool = True) -> Session | None:
        """The one that this cookie opens, with the offices that its person has now.

        used: False: somebody looks whether it is still there, which keeps no session alive
        """
        key, now_ms = hashed(secret), self._clock.now_ms()
        with self._reading.connect() as connection:
            row = connection.execute(sa.select(session).where(session.c.hash == key)).first()
            if row is None or row.seen_ms + IDLE_MS <= now_ms or row.began_ms + LONGEST_MS <= now_ms:
                return None
            found = read_people(connection, row.person)
        if not found or found[0].disabled_ms is not None:
            return None
        if used and now_ms - row.seen_ms >= _NOTE_MS:
            with transaction(self._database) as connection:
                connection.execute(session.update().where(session.c.hash == key).values(seen_ms=now_ms))
        return Session(found[0].principal, row.csrf)

    def token(self, secret: str) -> Principal | None:
        """Who has this token."""
        found = self._tokens.of(secret)
        return None if found is None else found.principal

    def sign_in(self, login: str, password: str, address: str) -> SignIn:
        """A session for who knows the password. address: where they come from, for throttling."""
        login = login.strip().casefold()[:64]
        with self._reading.connect() as connection:  # a storm of attempts must not keep writers waiting
            row = connection.execute(sa.select(person).where(person.c.login == login)).first()
        wait_ms = self._throttle.wait_ms(login, address)
        if wait_ms > 0:
            self._tell(SecurityKind.SIGN_IN_THROTTLED, *_whom(login, address, known=row is not None))
            return Throttled(-(-wait_ms // 1000))
        kept = row.password if row is not None and row.disabled_ms is None else None
        if not self._passwords.fits(password, kept):
            self._throttle.failed(login, address)
            self._note_refusal(login, address, known=row is not None)
            return Refused()
        assert row is not None
        self._throttle.succeeded(login, address)
        with transaction(self._database) as connection:
            if self._passwords.is_outdated(row.password):
                connection.execute(
                    person.update().where(person.c.id == row.id).values(password=self._passwords.hash(password))
                )
            return self._begin(connection, row.id, row.name, "signed in by password", address)

    def by_provider(self, subject: str, mail: str | None, address: str) -> SignIn:
        """A session for whom the identity provider names.

        mail: an address that the provider has verified: by it somebody is known who never came that way, and from then
            on by `subject` alone. Names there are not asked: at many providers people change them themselves.
        """
        with transaction(self._database) as connection:
            row = connection.execute(sa.select(person).where(person.c.subject == subject)).first()
            if row is None:
                known = sa.func.lower(person.c.mail) == (mail or "").casefold()
                rows = connection.execute(sa.select(person).where(person.c.subject.is_(None), known)).all()
                row = rows[0] if mail and len(rows) == 1 else None
            if row is None or row.disabled_ms is not None:
                append(connection, self._clock.now_ms(), "nobody", "-", "sign-in refused", f"{subject} {address}")
                login = "" if row is None else row.login
                self._tell(SecurityKind.SIGN_IN_REFUSED, login, f"{address}: whom the provider named may not come in")
                return Refused()
            connection.execute(person.update().where(person.c.id == row.id).values(subject=subject))
            return self._begin(connection, row.id, row.name, "signed in by provider", address)

    def owner_of(self, link_secret: str) -> str | None:
        """The name of whom a one-time link is for, while it is good."""
        with transaction(self._database) as connection:
            found = connection.scalar(sa.select(person.c.name).join(link).where(self._is_good(link_secret)))
        return found if found is None else str(found)

    def redeem(self, link_secret: str, password: str, address: str) -> SignIn:
        """Sets the password of whom the link is for, ends their other sessions, and opens one.

        Raises PasswordError, and then the link is as good as before.
        """
        kept = self._passwords.hash(password)
        with transaction(self._database) as connection:
            row = connection.execute(
                sa.select(person.c.id, person.c.name).join(link).where(self._is_good(link_secret))
            ).first()
            if row is None:
                self._tell(SecurityKind.SIGN_IN_REFUSED, "", f"{address}: by a link that is none, or over")
                return Refused()
            connection.execute(link.delete().where(link.c.person == row.id))
            connection.execute(session.delete().where(session.c.person == row.id))
            connection.execute(person.update().where(person.c.id == row.id).values(password=kept))
            return self._begin(connection, row.id, row.name, "password set by link", address)

    def sign_out(self, secret: str) -> None:
        """The session is over."""
        with transaction(self._database) as connection:
            key = session.c.hash == hashed(secret)
            row = connection.execute(sa.select(person.c.id, person.c.name).join(session).where(key)).first()
            if row is not None:
                connection.execute(session.delete().where(key))
                append(connection, self._clock.now_ms(), f"person:{row.id}", row.name, "signed out")

    def note(self, principal: Principal, what: str, about: str) -> None:
        """Writes into the audit log what they are about to do. Durable on return."""
        with transaction(self._database) as connection:
            append(connection, self._clock.now_ms(), principal.id, principal.name, what, about)

    def _begin(self, connection: sa.Connection, ident: str, name: str, how: str, address: str) -> SignedIn:
        now_ms, secret = self._clock.now_ms(), new_secret()
        old = sa.or_(session.c.seen_ms <= now_ms - IDLE_MS, session.c.began_ms <= now_ms - LONGEST_MS)
        connection.execute(session.delete().where(old))
        row = {"hash": hashed(secret), "person": ident, "csrf": new_secret(), "began_ms": now_ms, "seen_ms": now_ms}
        connection.execute(session.insert(), [row])
        append(connection, now_ms, f"person:{ident}", name, how, address)
        return SignedIn(secret)

    def _note_refusal(self, login: str, address: str, *, known: bool) -> None:
        self._tell(SecurityKind.SIGN_IN_REFUSED, *_whom(login, address, known=known))
        about = f"{login if known else _beginning(login)} {address}"
        with transaction(self._database) as connection:
            append(connection, self._clock.now_ms(), "nobody", "-", "sign-in refused", about)

    def _is_good(self, link_secret: str) -> sa.ColumnElement[bool]:
        return sa.and_(
            link.c.hash == hashed(link_secret),
            link.c.ends_ms > self._clock.now_ms(),
            person.c.disabled_ms.is_(None),
        )


def _whom(login: str, address: str, *, known: bool) -> tuple[str, str]:
    """Whom a refusal concerns, and what is told of it."""
    return (login, address) if known else ("", f"{address}: nobody is called {_beginning(login)}")


def _beginning(login: str) -> str:
    """What is kept of a name that nobody has: enough to know a slip of the finger by, too little to be a password."""
    return f"{login[:2]}…"
