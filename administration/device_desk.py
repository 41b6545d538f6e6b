"""What people want of devices: the configuration that each is to run, and commands, with what became of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final

import msgspec
import sqlalchemy as sa

from administration.tables import device_command, device_config
from administration.transaction import transaction
from city.clock import Clock
from city.errors import UserError
from city.wire.command import Argument, Command, CommandAck, Outcome, Refusal
from city.wire.config import decode_config
from city.wire.errors import WireError

EXPIRED: Final = "expired"  # an outcome of the city's own: its deadline passed, and nobody answered
# After the deadline an answer may still be on its way: so long, the command is not told as expired.
GRACE_MS: Final = 60_000
_MOST_DETAIL: Final = 200


class ConfigurationError(UserError):
    """The configuration says what cannot be."""


@dataclass(frozen=True, slots=True)
class Configured:
    """The configuration that a device is to run. body: as it travels."""

    device: str
    zone: str
    revision: int
    body: bytes
    made_ms: int
    made_by: str

    @property
    def written(self) -> dict[str, object]:
        """As people write it: without its revision."""
        found = msgspec.json.decode(self.body, type=dict[str, object])
        del found["revision"]
        return found


@dataclass(frozen=True, slots=True)
class Commanded:
    """A command. outcome: accepted, done, refused or expired; None while nobody answered. reason: of a refusal."""

    device: str
    zone: str
    command: Command
    made_ms: int
    made_by: str
    outcome: str | None
    reason: Refusal | None
    detail: str
    answered_ms: int | None


class DeviceDesk:
    """Blocking; each call is one transaction, durable on return. on_change: called in any thread after a wish."""

    def __init__(self, database: sa.Engine, clock: Clock, on_change: Callable[[], None]) -> None:
        self._database = database
        self._clock = clock
        self._on_change = on_change

    def configure(self, device: str, zone: str, wanted: Mapping[str, object], by: str) -> Configured:
        """The device is to be this from now on, under the next revision. Raises ConfigurationError.

        wanted: all of a `DeviceConfig` but its revision
        """
        with transaction(self._database) as connection:
            found = sa.select(device_config.c.revision).where(device_config.c.device == device)
            revision = int(connection.execute(found).scalar() or 0) + 1
            try:
                config = decode_config(msgspec.json.encode({**wanted, "revision": revision}))
            except (WireError, TypeError) as error:
                raise ConfigurationError("administration.device_config", device=device, problem=str(error)) from None
            made = Configured(device, zone, revision, config.encode(), self._clock.now_ms(), by)
            if revision == 1:
                connection.execute(device_config.insert().values(asdict(made)))
            else:
                connection.execute(device_config.update().where(device_config.c.device == device).values(asdict(made)))
        self._on_change()
        return made

    def configured(self, device: str | None = None) -> Sequence[Configured]:
        """What devices are to run, by id; of one, none or one."""
        chosen = sa.select(device_config).order_by(device_config.c.device)
        if device is not None:
            chosen = chosen.where(device_config.c.device == device)
        with transaction(self._database) as connection:
            rows = connection.execute(chosen).all()
        return [Configured(**row._mapping) for row in rows]  # noqa: SLF001  SQLAlchemy's own public name

    def command(
        self, device: str, zone: str, name: str, arguments: Mapping[str, Argument], deadline_ms: int, by: str, key: str
    ) -> Commanded:
        """The device is to do this until then; the same key is the same command, given once."""
        command = Command(key, name, deadline_ms, dict(arguments))
        with transaction(self._database) as connection:
            made = give_command(connection, device, zone, command, by, self._clock.now_ms())
        self._on_change()
        return made

    def commands(self, device: str, limit: int) -> Sequence[Commanded]:
        """The newest to one device."""
        chosen = sa.select(device_command).where(device_command.c.device == device)
        with transaction(self._database) as connection:
            rows = connection.execute(chosen.order_by(device_command.c.made_ms.desc()).limit(limit)).all()
        return [_commanded(row) for row in rows]

    def open_commands(self) -> Sequence[Commanded]:
        """Those that nobody answered yet and that are not late; those that are become expired."""
        now_ms = self._clock.now_ms()
        table = device_command
        unanswered = sa.or_(table.c.outcome.is_(None), table.c.outcome == Outcome.ACCEPTED)
        late = sa.and_(unanswered, table.c.deadline_ms < now_ms - GRACE_MS)
        with transaction(self._database) as connection:
            connection.execute(table.update().where(late).values(outcome=EXPIRED, answered_ms=now_ms))
            going = sa.and_(table.c.outcome.is_(None), table.c.deadline_ms >= now_ms)
            rows = connection.execute(sa.select(table).where(going).order_by(table.c.made_ms)).all()
        return [_commanded(row) for row in rows]

    def answered(self, device: str, ack: CommandAck) -> None:
        """The device says what became of a command of its own. What is final stays; `seen` says nothing new."""
        table = device_command
        mine = sa.and_(table.c.id == ack.id, table.c.device == device)
        still = sa.or_(table.c.outcome.is_(None), table.c.outcome.in_((Outcome.ACCEPTED, EXPIRED)))
        said = {
            "outcome": ack.outcome,
            "reason": ack.reason,
            "detail": ack.detail[:_MOST_DETAIL],
            "answered_ms": self._clock.now_ms(),
        }
        with transaction(self._database) as connection:
            if ack.reason is not Refusal.SEEN:
                connection.execute(table.update().where(mine, still).values(said))


def give_command(
    connection: sa.Connection, device: str, zone: str, command: Command, by: str, now_ms: int
) -> Commanded:
    """The command stands from the caller's commit on; what stands under its id already is left as it is."""
    there = connection.execute(sa.select(device_command).where(device_command.c.id == command.id)).one_or_none()
    if there is not None:
        return _commanded(there)
    row = {
        "id": command.id,
        "device": device,
        "zone": zone,
        "name": command.name,
        "body": command.encode(),
        "deadline_ms": command.deadline_ms,
        "made_ms": now_ms,
        "made_by": by,
        "detail": "",
    }
    connection.execute(device_command.insert().values(row))
    return Commanded(device, zone, command, now_ms, by, None, None, "", None)


def _commanded(row: sa.Row[tuple[object, ...]]) -> Commanded:
    return Commanded(
        device=row.device,
        zone=row.zone,
        command=msgspec.json.decode(row.body, type=Command),
        made_ms=row.made_ms,
        made_by=row.made_by,
        outcome=row.outcome,
        reason=None if row.reason is None else Refusal(row.reason),
        detail=row.detail,
        answered_ms=row.answered_ms,
    )
