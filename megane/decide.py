"""`megane alerts ack | assign | comment | close`: what somebody decides, told to the running city."""

import getpass
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec
from rich.console import Console

from city.errors import UserError
from city.messages import say
from city.messages.text import Lang
from megane.local_api import LocalApi


class NotRunningError(UserError):
    """There is no city to tell."""


@dataclass(frozen=True, slots=True)
class About:
    """The alert that is meant (raised None: the newest), who decides (None: whoever is logged in), their words."""

    rule: str
    subject: str
    raised: str | None
    by: str | None
    text: str


class _Answer(msgspec.Struct, frozen=True):
    position: int


def run_decide(
    home: Path | None,
    kind: str,
    about: About,
    more: Mapping[str, str],
    key: str | None,
    *,
    as_json: bool,
    lang: Lang,
) -> None:
    """Tells the city that runs on `home`, and prints what it answers.

    Raises NotRunningError where none runs there, LocalApiError with what it says against it.
    """
    body = {
        "kind": kind,
        "rule": about.rule,
        "subject": about.subject,
        "raised": about.raised,
        "by": who(about.by),
        "text": about.text,
        **more,
    }
    answer = running_city(home).post("/v1/alerts/decisions", body, key or secrets.token_hex(16))
    if as_json:
        print(answer.decode())  # noqa: T201  the command's result
        return
    position = msgspec.json.decode(answer, type=_Answer).position
    Console(highlight=False, markup=False).print(say("decisions.done", lang, position=position))


def running_city(home: Path | None) -> LocalApi:
    """The city that runs there. Raises NotRunningError."""
    folder = (home or Path("home")).resolve()
    api = LocalApi(folder)
    if not api.running():
        raise NotRunningError("decisions.not-running", home=str(folder))
    return api


def who(by: str | None) -> str:
    """The name under which it is written down."""
    return by or getpass.getuser()
