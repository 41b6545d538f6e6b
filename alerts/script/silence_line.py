"""Silences: what people do not want to be told of for a time, or at certain hours.

    silence NAME [rule RULE] [subject SUBJECT] [area AREA] [severity N] [for TIME] [{times: 22:00-6:00}]
    lift NAME

`severity N`: graver alerts are told all the same. What stands in braces is a schedule, as in a rule.
"""

from dataclasses import replace
from typing import Final

from alerts.script.case import LiftSilence, MakeSilence
from alerts.script.composed import Composed
from alerts.script.words import Words, WrongLineError
from city.errors import Mistake, Place
from city.schedule import Schedule
from city.schedule_file import read_schedules
from city.section import file_section
from city.value import NAME

_KEY: Final = "schedule: "


def read_silence(words: Words, place: Place) -> MakeSilence:
    """What stands behind the word `silence`."""
    silence = MakeSilence(place, _name(words))
    while words.next and not words.next.startswith("{"):
        match words.one_of(("rule", "subject", "area", "severity", "for")):
            case "rule":
                silence = replace(silence, rule=words.take())
            case "subject":
                silence = replace(silence, subject=words.take())
            case "area":
                silence = replace(silence, area=words.take())
            case "severity":
                silence = replace(silence, severity_at_most=int(words.one_of("12345")))
            case _:
                silence = replace(silence, span_ms=words.time_ms())
    return replace(silence, schedule=_schedule(words)) if words.next else silence


def read_lift(words: Words, place: Place) -> LiftSilence:
    """What stands behind the word `lift`."""
    return LiftSilence(place, _name(words))


def _name(words: Words) -> str:
    if not NAME.fullmatch(words.next):
        raise words.wrong("script.need_name", found=words.next[:40])
    return words.take()


def _schedule(words: Words) -> tuple[Schedule, ...]:
    """What stands in braces at the end of the line."""
    if not words.next.rstrip().endswith("}"):
        raise words.wrong("script.need_brace")
    at = words.place
    composed = Composed(at.file)
    composed.add(_KEY + words.take(), at.line, len(_KEY) + 1 - at.column)
    mistakes: list[Mistake] = []
    section = file_section(composed.text, at.file, mistakes)
    found = read_schedules(section, "schedule")
    section.end()
    for mistake in composed.back(mistakes):
        raise WrongLineError(mistake)
    return found
