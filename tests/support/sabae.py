"""The city of Sabae as its files stand in the tree."""

from functools import cache
from pathlib import Path

from city.catalog import Catalog
from city.catalog_file import load_catalog

FOLDER = Path(__file__).parents[2] / "cities" / "sabae"


@cache
def sabae_files() -> dict[str, str]:
    return {str(path.relative_to(FOLDER)): path.read_text(encoding="utf-8") for path in FOLDER.rglob("*.yaml")}


@cache
def sabae_catalog() -> Catalog:
    return load_catalog({path: text for path, text in sabae_files().items() if path.startswith("catalog/")})
