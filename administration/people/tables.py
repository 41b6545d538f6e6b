"""The rows that say who is who: people with their offices, sessions, one-time links, tokens, and the audit log.

Secrets are kept as hashes only. Times are whole milliseconds since the epoch, UTC, of the city's clock.
"""

from typing import Final

import sqlalchemy as sa

from administration.tables import metadata as metadata  # noqa: PLC0414  re-exported: with these tables it is the whole

person: Final = sa.Table(
    "person",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("login", sa.String(64), nullable=False, unique=True),  # case-folded
    sa.Column("name", sa.String(64), nullable=False),
    sa.Column("mail", sa.String(254)),
    sa.Column("password", sa.Text),  # argon2id; NULL: they sign in through the provider alone, or not yet
    sa.Column("subject", sa.Text, unique=True),  # issuer and `sub` of the identity provider, once they came that way
    sa.Column("made_ms", sa.BigInteger, nullable=False),
    sa.Column("disabled_ms", sa.BigInteger),
)

office: Final = sa.Table(
    "office",
    metadata,
    sa.Column("person", sa.ForeignKey("person.id"), primary_key=True),
    sa.Column("role", sa.String(32), primary_key=True),
    sa.Column("unit", sa.String(64), primary_key=True),  # empty: the whole city
)

session: Final = sa.Table(
    "session",
    metadata,
    sa.Column("hash", sa.String(64), primary_key=True),
    sa.Column("person", sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("csrf", sa.String(64), nullable=False),
    sa.Column("began_ms", sa.BigInteger, nullable=False),
    sa.Column("seen_ms", sa.BigInteger, nullable=False),
)

# A way in that is good once: for who sets a password, the first administrator included.
link: Final = sa.Table(
    "link",
    metadata,
    sa.Column("hash", sa.String(64), primary_key=True),
    sa.Column("person", sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("ends_ms", sa.BigInteger, nullable=False),
)

token: Final = sa.Table(
    "token",
    metadata,
    sa.Column("id", sa.String(16), primary_key=True),
    sa.Column("name", sa.String(64), nullable=False),
    sa.Column("scope", sa.String(16), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False, unique=True),
    sa.Column("made_ms", sa.BigInteger, nullable=False),
    sa.Column("made_by", sa.String(64), nullable=False),
    sa.Column("ends_ms", sa.BigInteger, nullable=False),
    sa.Column("revoked_ms", sa.BigInteger),
    sa.Column("used_ms", sa.BigInteger),  # to the hour: who looks wants to know whether it is still in use
)

# Who is on duty when, and who acts in whose place. What was removed stands in the audit log.
duty: Final = sa.Table(
    "duty",
    metadata,
    sa.Column("id", sa.String(16), primary_key=True),
    sa.Column("person", sa.ForeignKey("person.id"), nullable=False),
    sa.Column("role", sa.String(32), nullable=False),
    sa.Column("unit", sa.String(64), nullable=False),  # empty: the whole city
    sa.Column("from_ms", sa.BigInteger, nullable=False),
    sa.Column("until_ms", sa.BigInteger, nullable=False, index=True),  # what is over is most of it after some years
    sa.Column("in_place_of", sa.ForeignKey("person.id")),  # NULL: on duty themselves
    sa.Column("made_ms", sa.BigInteger, nullable=False),
    sa.Column("made_by", sa.String(80), nullable=False),
)

audit: Final = sa.Table(
    "audit",
    metadata,
    sa.Column("sequence", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at_ms", sa.BigInteger, nullable=False),
    sa.Column("who", sa.String(80), nullable=False),
    sa.Column("name", sa.String(64), nullable=False),
    sa.Column("what", sa.String(80), nullable=False),
    sa.Column("about", sa.Text, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)

# One row: the last line of the audit log, locked by whoever writes the next. Lines cut off at the end show by it.
audit_head: Final = sa.Table(
    "audit_head",
    metadata,
    sa.Column("only", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("sequence", sa.BigInteger, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)
