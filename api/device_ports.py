"""What the API asks about devices: what people want of them, and what became of it."""
# ruff: noqa: D102  the properties of a record are explained in its own docstring

from collections.abc import Mapping, Sequence
from typing import Protocol

from city.wire.command import Argument, Command
from city.wire.enrolment import Code, Enrolled, EnrolmentRequest
from city.wire.renewal import RenewalRequest, Renewed


class Configured(Protocol):
    """The configuration that a device is to run; `written`: as people write it, without its revision."""

    @property
    def device(self) -> str: ...
    @property
    def revision(self) -> int: ...
    @property
    def written(self) -> dict[str, object]: ...
    @property
    def made_ms(self) -> int: ...
    @property
    def made_by(self) -> str: ...


class Commanded(Protocol):
    """A command. outcome: accepted, done, refused or expired, None while nobody answered; reason: of a refusal."""

    @property
    def device(self) -> str: ...
    @property
    def command(self) -> Command: ...
    @property
    def made_ms(self) -> int: ...
    @property
    def made_by(self) -> str: ...
    @property
    def outcome(self) -> str | None: ...
    @property
    def reason(self) -> str | None: ...
    @property
    def detail(self) -> str: ...
    @property
    def answered_ms(self) -> int | None: ...


class Devices(Protocol):
    """Says it, and asks about it. Durable on return."""

    def configure(self, device: str, zone: str, wanted: Mapping[str, object], by: str) -> Configured:
        """The device is to be this, under the next revision. Raises a UserError where that cannot be."""
        ...

    def configured(self, device: str | None = None) -> Sequence[Configured]:
        """What devices are to run; of one, none or one."""
        ...

    def command(
        self, device: str, zone: str, name: str, arguments: Mapping[str, Argument], deadline_ms: int, by: str, key: str
    ) -> Commanded:
        """The device is to do this until then; the same key is the same command, given once."""
        ...

    def commands(self, device: str, limit: int) -> Sequence[Commanded]:
        """The newest to one device."""
        ...


class Certificate(Protocol):
    """One that was issued to a device. revoked_ms: None while it is good."""

    @property
    def device(self) -> str: ...
    @property
    def serial(self) -> str: ...
    @property
    def issued_ms(self) -> int: ...
    @property
    def ends_ms(self) -> int: ...
    @property
    def revoked_ms(self) -> int | None: ...


class Enrolment(Protocol):
    """Who devices are. Durable on return. Raises a UserError for what cannot be, and where devices have no way in."""

    def code(self, device: str) -> Code:
        """A new code, good once."""
        ...

    def enrol(self, asked: EnrolmentRequest) -> Enrolled:
        """A certificate for whoever proves to have a code."""
        ...

    def renew(self, asked: RenewalRequest) -> Renewed:
        """A new certificate for a device that has a good one."""
        ...

    def replace(self, device: str) -> Code:
        """A code for new hardware; what was there before is out at once."""
        ...

    def revoke(self, device: str) -> int:
        """The device is out at once; how many certificates were good."""
        ...

    def issued(self) -> Sequence[Certificate]:
        """Every certificate, oldest first."""
        ...
