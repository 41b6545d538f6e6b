"""What a store's module says about itself, so that the table of stores can be read, documented and tested as one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from city.messages.text import Text
from city.ports import Store

S = TypeVar("S", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True)
class StoreKind(Generic[S]):
    """One kind of store.

    settings: what can be set, each with a default and its reason
    example: settings as a person would write them; a test opens the store with them
    make: opens the store, which keeps what it has on disk under the folder given (made if it is not there)
    by_hand: what a person has to make on its server, where that is not left to us
    tells_duplicates: whether it knows a reading that it has; one that does not counts duplicates as stored, and of
        them the last stands
    embedded: whether it lives in this process: it needs no server, and keeps its own history
    """

    name: str
    title: Text
    settings: type[S]
    example: Mapping[str, object]
    make: Callable[[Path, S], Store]
    by_hand: Text | None = None
    tells_duplicates: bool = True
    embedded: bool = True

    def open(self, folder: Path, settings: Mapping[str, object]) -> Store:
        """The store under `folder`. Raises msgspec.ValidationError (naming the path) for settings it does not know.

        Numbers may be written as text: what the environment sets always is.
        """
        return self.make(folder, msgspec.convert(settings, self.settings, strict=False))
