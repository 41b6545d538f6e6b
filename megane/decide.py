"""`megane alerts ack | assign | comment | close`: what somebody decides, told to the running city."""

import getpass
import secrets
from collections.abc import Mapping, Sequence
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


class NotPairsError(UserError):
    """The alerts on the command line are no pairs of rule and subject."""


class NotAllDoneError(UserError):
    """Some were refused, or are not there."""


@dataclass(frozen=True, slots=True)
class About:
    """The alerts that are meant as (rule, subject), who decides (None: whoever is logged in), their words.

    raised: of the one alert that is meant; None: the newest of each
    """

    alerts: Sequence[tuple[str, str]]
    raised: str | None
    by: str | None
    text: str


class _Answer(msgspec.Struct, frozen=True):
    position: int


class _Outcome(msgspec.Struct, frozen=True):
    rule: str
    subject: str
    position: int | None
    problem: dict[Lang, str] | None


class _Outcomes(msgspec.Struct, frozen=True):
    done: int
    outcomes: list[_Outcome]


def pairs_of(words: Sequence[str]) -> Sequence[tuple[str, str]]:
    """`RULE SUBJECT RULE SUBJECT …` of a command line. Raises NotPairsError."""
    if not words or len(words) % 2:
        raise NotPairsError("decisions.not-pairs", last=words[-1] if words else "")
    return list(zip(words[::2], words[1::2], strict=True))


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

    Raises NotRunningError where none runs there, LocalApiError with what it says against it, NotAllDoneError where it
    did not do it about all of several.
    """
    body = {"kind": kind, "by": who(about.by), "text": about.text, **more}
    api, key = running_city(home), key or secrets.token_hex(16)
    if len(about.alerts) > 1:
        if about.raised is not None:
            raise NotPairsError("decisions.raised-of-one")
        alerts = [{"rule": rule, "subject": subject} for rule, subject in about.alerts]
        _tell_outcomes(
            api.post("/v1/alerts/decisions/bulk", body | {"alerts": alerts}, key), as_json=as_json, lang=lang
        )
        return
    (rule, subject), *_ = about.alerts
    one = body | {"rule": rule, "subject": subject, "raised": about.raised}
    answer = api.post("/v1/alerts/decisions", one, key)
    if as_json:
        print(answer.decode())  # noqa: T201  the command's result
        return
    position = msgspec.json.decode(answer, type=_Answer).position
    Console(highlight=False, markup=False).print(say("decisions.done", lang, position=position))


def _tell_outcomes(answer: bytes, *, as_json: bool, lang: Lang) -> None:
    """One line each. Raises NotAllDoneError."""
    found = msgspec.json.decode(answer, type=_Outcomes)
    if as_json:
        print(answer.decode())  # noqa: T201  the command's result
    else:
        console = Console(highlight=False, markup=False, soft_wrap=True)
        for one in found.outcomes:
            said = one.problem[lang] if one.problem else say("decisions.done", lang, position=one.position)
            console.print(f"{one.rule} {one.subject}: {said}")
    if found.done < len(found.outcomes):
        raise NotAllDoneError("decisions.not-all", missing=len(found.outcomes) - found.done, all=len(found.outcomes))


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
