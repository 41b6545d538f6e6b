"""Every kind of store opens with its example and says in both languages what it is."""

from pathlib import Path

import msgspec
import pytest

from city.messages.text import Lang
from ingest.stores import STORES
from tests.support.small_catalog import catalog_of


@pytest.mark.parametrize("name", STORES)
def test_every_kind_opens_with_its_example(name: str, tmp_path: Path) -> None:
    kind = STORES[name]
    assert kind.name == name
    store = kind.open(tmp_path / "not" / "there" / "yet", kind.example)
    store.bind(catalog_of("a:level"))
    assert len(store.latest()) == 0
    store.close()


@pytest.mark.parametrize("name", STORES)
def test_every_kind_says_what_it_is(name: str) -> None:
    kind = STORES[name]
    assert kind.title.of(Lang.JA)
    assert kind.title.of(Lang.EN)
    assert kind.settings.__doc__


@pytest.mark.parametrize("name", STORES)
def test_an_unknown_setting_is_refused_by_name(name: str, tmp_path: Path) -> None:
    with pytest.raises(msgspec.ValidationError, match="rawdays"):
        STORES[name].open(tmp_path, {"rawdays": 3})
