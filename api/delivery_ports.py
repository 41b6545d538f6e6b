"""What the API sees of webhooks: how endpoints are doing, and what did not get through."""

# ruff: noqa: D102  the properties of a record are explained in its own docstring

from collections.abc import Sequence
from typing import Protocol


class EndpointHealth(Protocol):
    """How deliveries to one endpoint go. Times are epoch milliseconds, None where there was none.

    waiting: not tried yet; retrying: tried and not through; disabled_ms: since it answered 410
    """

    @property
    def id(self) -> str: ...
    @property
    def delivered(self) -> int: ...
    @property
    def waiting(self) -> int: ...
    @property
    def retrying(self) -> int: ...
    @property
    def dead(self) -> int: ...
    @property
    def disabled_ms(self) -> int | None: ...
    @property
    def last_success_ms(self) -> int | None: ...
    @property
    def last_error_ms(self) -> int | None: ...
    @property
    def last_error(self) -> str | None: ...
    @property
    def oldest_waiting_ms(self) -> int | None: ...


class Endpoints(Protocol):
    """How endpoints are doing, and enabling one again that had said it is gone."""

    def health(self) -> Sequence[EndpointHealth]:
        """Every endpoint to which something was ever to be sent, by id."""
        ...

    def enable(self, endpoint_id: str, /) -> None:
        """What is parked goes out. Durable on return. Raises UserError where there is none of that id."""
        ...


class DeadLetter(Protocol):
    """A delivery that is given up until a person sends it again; `reason`, `status`, `answer` of its last attempt."""

    @property
    def id(self) -> str: ...
    @property
    def endpoint(self) -> str: ...
    @property
    def rule(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def to_state(self) -> str: ...
    @property
    def at_ms(self) -> int: ...
    @property
    def died_ms(self) -> int: ...
    @property
    def attempts(self) -> int: ...
    @property
    def reason(self) -> str: ...
    @property
    def status(self) -> int | None: ...
    @property
    def answer(self) -> str: ...


class Attempt(Protocol):
    """One try. status: of the answer, None where there was none; answer: its beginning, or what went wrong."""

    @property
    def number(self) -> int: ...
    @property
    def began_ms(self) -> int: ...
    @property
    def reason(self) -> str: ...
    @property
    def status(self) -> int | None: ...
    @property
    def answer(self) -> str: ...


class DeadLetters(Protocol):
    """What did not get through."""

    def list(self, limit: int, /) -> Sequence[DeadLetter]:
        """The one that died last is first."""
        ...

    def show(self, letter: str, /) -> tuple[DeadLetter, Sequence[Attempt], str]:
        """The letter, its last attempts, and its body as sent. Raises UserError where there is none of that id."""
        ...

    def resend_all(self, endpoint: str, /) -> int:
        """Puts all of an endpoint's back in line. Durable on return. Gives their number."""
        ...

    def resend(self, letter: str, /) -> None:
        """Puts it back in line. Durable on return. Raises UserError where there is none of that id."""
        ...
