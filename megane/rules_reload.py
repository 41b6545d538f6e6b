"""`megane rules reload`: asks a running city to bring the rules of its folder into force."""

from pathlib import Path

import msgspec
from rich.console import Console

from city.errors import UserError
from city.messages.text import Lang
from megane.local_api import InFile, LocalApi
from megane.rule_reload import tell


class RulesReloadError(UserError):
    """There is no city to ask."""


class _Answer(msgspec.Struct, frozen=True):
    """What the API says of a `RulesChange`."""

    position: int | None
    new: list[str]
    changed: list[str]
    gone: list[str]
    warnings: list[InFile]


def run_reload(home: Path, *, as_json: bool, lang: Lang) -> None:
    """Asks the city that runs on `home`, and prints what changed.

    Raises RulesReloadError where none runs there, LocalApiError with every mistake that it names: nothing has changed.
    """
    api = LocalApi(home.resolve())
    if not api.running():
        raise RulesReloadError("rules.not-running", home=str(home))
    body = api.post("/v1/rules/reload", None)
    if as_json:
        print(body.decode())  # noqa: T201  the command's result
        return
    answer = msgspec.json.decode(body, type=_Answer)
    console = Console(highlight=False, markup=False, soft_wrap=True)
    for warning in answer.warnings:
        console.print(warning.told(lang))
    for line in tell(answer, lang):
        console.print(line)
