"""Every kind of store opens with its example and says in both languages what it is."""

from pathlib import Path

import msgspec
import pytest

from city.errors import UnavailableError
from city.messages.text import Lang
from ingest.stores import STORES
from tests.support.small_catalog import catalog_of


@pytest.mark.parametrize("name", STORES)
def test_every_kind_opens_with_its_example(name: str, tmp_path: Path) -> None:
    kind = STORES[name]
    assert kind.name == name
    nowhere = {} if kind.embedded else {"url": "http://127.0.0.1:1"}  # where nobody listens
    store = kind.open(tmp_path / "not" / "there" / "yet", {**kind.example, **nowhere})
    store.bind(catalog_of("a:level"))
    if kind.embedded:
        assert len(store.latest()) == 0
    else:  # a server that is away keeps nobody from starting
        with pytest.raises(UnavailableError):
            store.latest()
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


@pytest.mark.parametrize("name", STORES)
def test_numbers_may_come_from_the_environment(name: str, tmp_path: Path) -> None:
    STORES[name].open(tmp_path, {"raw_days": "3"}).close()
