"""What travels as JSON, read as what it is to be."""

from typing import TypeVar

import msgspec

from city.wire.errors import WireError

T = TypeVar("T")


def decoded(payload: bytes, kind: type[T], name: str, most_bytes: int | None = None) -> T:
    """The `kind` in `payload`. Raises WireError, and nothing else, where it is none (`not {name}`) or too long."""
    if most_bytes is not None and len(payload) > most_bytes:
        raise WireError(f"{len(payload)} bytes, more than {most_bytes}")
    try:
        return msgspec.json.decode(payload, type=kind)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise WireError(f"not {name}: {str(error)[:200]}") from None
