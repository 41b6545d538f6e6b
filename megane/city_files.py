"""A city's folder, read from disk: the only place that does."""

from collections.abc import Mapping
from pathlib import Path

from city.errors import UserError
from city.register import SUFFIX

# A rule file of a large city has some hundred kilobytes; a larger file is none of a city's.
LARGEST_FILE_BYTES = 8 * 1024 * 1024
SCRIPT_SUFFIX = ".rules-test"


class CityFolderError(UserError):
    """The folder is no city's, or one of its files cannot be read."""


def read_folder(city: Path, kind: str) -> Mapping[str, str]:
    """The files of one kind (`catalog`, `rules`, `scenarios`): path relative to `city` → text.

    YAML files; of the catalog, tables too.

    Raises CityFolderError naming the folder or file.
    """
    folder = city / kind
    if not folder.is_dir():
        raise CityFolderError("megane.no-city-folder", folder=str(folder))
    patterns = ("*.yaml", f"*{SUFFIX}") if kind == "catalog" else ("*.yaml",)
    found = sorted(file for pattern in patterns for file in folder.rglob(pattern))
    return {file.relative_to(city).as_posix(): read_file(file) for file in found}


def read_playbooks(city: Path) -> Mapping[str, str]:
    """The files of `playbooks/`: path relative to `city` → text. A city may have none."""
    return read_folder(city, "playbooks") if (city / "playbooks").is_dir() else {}


def read_rules(path: Path) -> Mapping[str, str]:
    """One rule file, or every `*.yaml` below a folder: path as given → text. A script is no rule file."""
    if path.is_dir():
        return {file.as_posix(): read_file(file) for file in sorted(path.rglob("*.yaml"))}
    if path.suffix == SCRIPT_SUFFIX:
        return {}
    return {path.as_posix(): read_file(path)}


def read_scripts(path: Path) -> Mapping[Path, str]:
    """One rule script, or every one below a folder: file → text; none where `path` is a file of another kind."""
    if path.is_dir():
        return {file: read_file(file) for file in sorted(path.rglob(f"*{SCRIPT_SUFFIX}"))}
    return {path: read_file(path)} if path.suffix == SCRIPT_SUFFIX else {}


def read_file(file: Path) -> str:
    """The text of a file. Raises CityFolderError when it is not there, too large, or not UTF-8."""
    try:
        if file.stat().st_size > LARGEST_FILE_BYTES:
            raise CityFolderError("megane.file-too-large", file=str(file), limit=LARGEST_FILE_BYTES)
        return file.read_text(encoding="utf-8")
    except OSError as e:
        raise CityFolderError("megane.file-unreadable", file=str(file), problem=e.strerror or str(e)) from e
    except UnicodeDecodeError as e:
        raise CityFolderError("megane.file-not-utf8", file=str(file), byte=e.start) from e


def city_above(path: Path) -> Path | None:
    """The nearest folder at or above `path` that has a `catalog/`: the city that a rule file belongs to."""
    start = path.resolve()
    return next((folder for folder in (start, *start.parents) if (folder / "catalog").is_dir()), None)
