"""What pages are made with stands in a list of its own, whole, and the same for the same lock file."""

import json
from base64 import b64decode
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
LOCK = ROOT / "package-lock.json"
DEVELOPMENT = {"name": "cdx:npm:package:development", "value": "true"}


@pytest.fixture(scope="module")
def supply_chain() -> ModuleType:
    loader = SourceFileLoader("supply_chain", str(ROOT / "scripts" / "supply-chain"))
    spec = spec_from_loader(loader.name, loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


@pytest.fixture
def listed(supply_chain: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """As it is written, checked against the schema."""
    monkeypatch.setattr(supply_chain, "BUILD", tmp_path)
    assert supply_chain.write_frontend_sbom()
    return json.loads((tmp_path / "frontend.cdx.json").read_text(encoding="utf-8"))


def test_every_package_of_the_lock_is_listed_with_version_licence_and_hash(listed: Any) -> None:
    packages = json.loads(LOCK.read_text(encoding="utf-8"))["packages"]
    wanted = {
        f"pkg:npm/{path.removeprefix('node_modules/').replace('@', '%40')}@{one['version']}": (
            one["license"],
            b64decode(one["integrity"].removeprefix("sha512-")).hex(),
        )
        for path, one in packages.items()
        if path
    }
    found = {}
    for one in listed["components"]:
        [licence], [digest] = one["licenses"], one["hashes"]
        assert digest["alg"] == "SHA-512"
        found[one["purl"]] = licence["license"].get("id") or licence["license"]["name"], digest["content"]

    assert found == wanted
    assert len(found) > 4


def test_what_only_tests_need_is_told_from_what_is_served(listed: Any) -> None:
    optional = {one["name"] for one in listed["components"] if one["scope"] == "optional"}
    marked = {one["name"] for one in listed["components"] if DEVELOPMENT in one.get("properties", ())}

    assert optional == marked == json.loads((ROOT / "package.json").read_text())["devDependencies"].keys()


def test_the_same_lock_gives_the_same_bytes(supply_chain: ModuleType) -> None:
    lock = LOCK.read_text(encoding="utf-8")

    assert supply_chain.frontend_sbom(lock) == supply_chain.frontend_sbom(lock)


def test_a_package_inside_another_goes_by_its_own_name(supply_chain: ModuleType) -> None:
    one = {"version": "1.0.0", "license": "(MIT OR ISC)", "integrity": "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk="}
    lock = json.dumps({"packages": {"": {"name": "page"}, "node_modules/a/node_modules/@b/c": one}})
    [found] = json.loads(supply_chain.frontend_sbom(lock))["components"]

    assert found["purl"] == "pkg:npm/%40b/c@1.0.0"
    assert found["licenses"] == [{"expression": "(MIT OR ISC)"}]
    assert found["hashes"] == [{"alg": "SHA-1", "content": "da39a3ee5e6b4b0d3255bfef95601890afd80709"}]
