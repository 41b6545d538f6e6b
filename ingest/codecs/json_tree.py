"""JSON of any form, and the way to a value in it. Deep, huge and endless ones are refused or bounded."""

import contextlib
import json
from collections.abc import Iterator, Sequence
from enum import Enum
from itertools import islice
from typing import Final, Literal

import msgspec

from city.quarantine import Reason
from city.speech import Path
from city.wire.errors import WireError
from ingest.catalog_draft import Sample

_LONG_INTEGER: Final = 20  # digits: more than any 64-bit integer has
_DEPTH: Final = 8  # of a value that is shown: people name places by as many keys
_MOST_SAMPLES: Final = 20
_MOST_INDEX: Final = 5  # digits of a place in a list: a message has 10,000 readings at most


class Missing(Enum):
    """What is not there, since null is."""

    MISSING = "missing"


MISSING: Final = Missing.MISSING


def decode_tree(payload: bytes) -> object:
    """Dicts, lists and scalars. Raises WireError where it is no JSON, or nested too deeply to be read."""
    try:
        return msgspec.json.decode(payload)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        pass
    try:
        return json.loads(payload.decode(), parse_int=_integer)  # which also reads NaN, as some devices write it
    except (ValueError, RecursionError) as error:
        raise WireError(f"no JSON: {str(error)[:160]}", Reason.UNDECODABLE) from None


def walk(tree: object, path: Path) -> object | Literal[Missing.MISSING]:
    """What stands at the end of a path."""
    for key in path:
        if isinstance(tree, dict):
            tree = tree.get(key, MISSING)
        elif isinstance(tree, list) and key.isdecimal() and key.isascii() and len(key) <= _MOST_INDEX:
            index = int(key)
            tree = tree[index] if index < len(tree) else MISSING
        else:
            return MISSING
    return tree


def tree_samples(tree: object) -> Sequence[Sample]:
    """The first numbers and flags with their paths."""
    return list(islice(_below(tree, (), _DEPTH), _MOST_SAMPLES))


def shown(value: object) -> str:
    """A value for the person who looks; of what is no text only its kind, since it may be of any size."""
    return repr(value[:80]) if isinstance(value, str) else f"a value of type {type(value).__name__}"


def _below(tree: object, path: Path, depth: int) -> Iterator[Sample]:
    if isinstance(tree, bool | int | float):
        with contextlib.suppress(OverflowError):
            yield Sample(path, tree if isinstance(tree, bool) else float(tree))
    elif depth and isinstance(tree, dict):
        for key, value in tree.items():
            yield from _below(value, (*path, key), depth - 1)
    elif depth and isinstance(tree, list):
        for index, value in enumerate(tree):
            yield from _below(value, (*path, str(index)), depth - 1)


def _integer(digits: str) -> int | float:
    """One of thousands of digits becomes a float, inf where it must: Python refuses to parse it."""
    return int(digits) if len(digits) < _LONG_INTEGER else float(digits)
