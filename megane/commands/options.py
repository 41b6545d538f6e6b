"""Options that several commands take, and in which language they speak."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from city.messages import say
from city.messages.text import Lang
from megane.settings import Settings, load_settings


def both(key: str) -> str:
    """A help text in both languages, Japanese first."""
    return f"{say(key, Lang.JA)} / {say(key, Lang.EN)}"


Home = Annotated[Path | None, typer.Option("--home", help=both("megane.option-home"))]
City = Annotated[Path | None, typer.Option("--city", help=both("megane.option-city"))]
Json = Annotated[bool, typer.Option("--json", help=both("megane.option-json"))]
SettingsFile = Annotated[Path | None, typer.Option("--settings", help=both("megane.option-settings"))]


def chosen_settings(settings: Path | None, home: Path | None, city: Path | None) -> Settings:
    """The settings of a file and the environment, with what the command line says over them. Raises SettingsError."""
    overrides = {"home": str(home) if home else None, "city": str(city) if city else None}
    return load_settings(settings, os.environ, overrides)


def language(environment: Mapping[str, str] = os.environ) -> Lang:
    """Japanese, unless the environment asks for English (`MEGANE_LANG`, then the locale)."""
    wanted = environment.get("MEGANE_LANG") or environment.get("LC_ALL") or environment.get("LANG") or ""
    return Lang.EN if wanted.lower().startswith("en") else Lang.JA
