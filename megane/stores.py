"""The store that the settings name: opened, and looked over before a city relies on it."""

from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from city.catalog import Catalog
from city.errors import RefusedError, UnavailableError, UserError
from city.messages import say
from city.messages.text import Lang
from city.ports import Store
from ingest.stores import STORES, Kind
from megane.settings import StoreSettings


class StoreSettingsError(UserError):
    """The settings name a store that there is not, or options that it does not have."""


def open_store(settings: StoreSettings, folder: Path) -> Store:
    """The store, with what it has on disk under `folder`. Raises StoreSettingsError, or what the store raises."""
    return _open(_kind(settings), settings, folder)


def look_over(settings: StoreSettings, catalog: Catalog, lang: Lang) -> str | None:
    """What keeps a store on a server from working, told with what to do; None where nothing does.

    What the store needs there is made, where the settings leave it to us. Raises StoreSettingsError.
    """
    kind = _kind(settings)
    if kind.embedded:
        return None
    with TemporaryDirectory() as folder:
        store = _open(kind, settings, Path(folder))
        try:
            store.bind(catalog)
            store.latest()
        except (UnavailableError, RefusedError) as e:
            by_hand = kind.by_hand.of(lang) if kind.by_hand else ""
            return say("megane.check-store", lang, kind=kind.name, problem=e, by_hand=by_hand)
        finally:
            store.close()
    return None


def _kind(settings: StoreSettings) -> Kind:
    kind = STORES.get(settings.kind)
    if kind is None:
        raise StoreSettingsError("megane.unknown-store", kind=settings.kind, known=", ".join(STORES))
    return kind


def _open(kind: Kind, settings: StoreSettings, folder: Path) -> Store:
    try:
        return kind.open(folder, settings.options)
    except msgspec.ValidationError as e:
        raise StoreSettingsError("megane.store-options", kind=kind.name, problem=str(e)) from e
