"""`megane playbook list` and `show`: a city's playbooks as its files say them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from administration.course import placed_steps
from administration.playbook import TELL_SUBSCRIBERS, GroupBy, Playbook, load_playbook, load_playbooks
from alerts.rule_file import load_rules
from city.catalog import Catalog
from city.catalog_file import load_catalog
from city.errors import UserError
from city.messages import say
from city.messages.text import Lang, Text
from city.rule import Rule
from city.value import near
from megane.city_files import read_folder, read_playbooks
from megane.playbook_words import grouping, step_words
from megane.settings import Settings

WIDTH: Final = 120  # of what goes into a file or a pipe: there is no terminal to ask


class PlaybookError(UserError):
    """What was asked of a playbook names something that is not there, or cannot be read."""


class Starter(msgspec.Struct, frozen=True):
    """A rule that names the playbook."""

    rule: str
    title: Text
    owner: str
    severity: int


class StepShown(msgspec.Struct, frozen=True):
    """A step at its place, as `steps.2.then.0`, in words of both languages."""

    place: str
    kind: str
    does: Text


class PlaybookShown(msgspec.Struct, frozen=True):
    """A playbook. group_by: empty: each alert is an incident of its own, and window_s is 0.

    started_by: the rules that name it; of the built-in one, those that name none
    """

    playbook: str
    version: str
    title: Text
    file: str
    group_by: Sequence[GroupBy]
    window_s: float
    started_by: Sequence[Starter]
    steps: Sequence[StepShown]


@dataclass(frozen=True, slots=True)
class CityPlaybooks:
    """What playbooks are looked at with. playbooks: the built-in one is among them, the last."""

    catalog: Catalog
    rules: Sequence[Rule]
    playbooks: Mapping[str, Playbook]

    @classmethod
    def load(cls, settings: Settings) -> "CityPlaybooks":
        """Of the city that the settings name. Raises MistakesError with what is wrong in its files."""
        city = Path(settings.city)
        catalog = load_catalog(read_folder(city, "catalog"), settings.mqtt.root)
        built_in = load_playbook(TELL_SUBSCRIBERS, "-")
        playbooks = {**load_playbooks(read_playbooks(city), catalog), built_in.id: built_in}
        return cls(catalog, load_rules(read_folder(city, "rules"), catalog), playbooks)

    def playbook(self, name: str) -> Playbook:
        """The one of that id. Raises PlaybookError naming the nearest."""
        found = self.playbooks.get(name)
        if found is None:
            nearest = near(name, self.playbooks)
            hint = Text(*(say("playbook.near", lang, near=nearest) if nearest else "" for lang in Lang))
            raise PlaybookError("playbook.unknown", found=name[:80], near=hint)
        return found

    def starting(self, playbook: Playbook) -> list[Rule]:
        """The rules that start it, in the order of their files."""
        return [rule for rule in self.rules if (rule.playbook or self.built_in) == playbook.id]

    @property
    def built_in(self) -> str:
        """What rules start that name none."""
        return list(self.playbooks)[-1]


def run_list(settings: Settings, *, as_json: bool, lang: Lang) -> None:
    """Prints them all."""
    city = CityPlaybooks.load(settings)
    shown = [shown_playbook(playbook, city) for playbook in city.playbooks.values()]
    if as_json:
        print(msgspec.json.encode(shown).decode())  # noqa: T201  the command's result
        return
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column in ("id", "title", "steps", "group", "rules"):
        table.add_column(say(f"playbook.column-{column}", lang), no_wrap=column == "id", overflow="fold")
    for one in shown:
        kinds = " → ".join(dict.fromkeys(step.kind for step in one.steps))
        cells = (one.playbook, one.title.of(lang), kinds, grouping(one.group_by, one.window_s, lang))
        table.add_row(*map(escape, cells), escape(_started(one, city, lang)))
    terminal().print(table)


def run_show(settings: Settings, name: str, *, as_json: bool, lang: Lang) -> None:
    """Prints one. Raises PlaybookError where there is none of that id."""
    city = CityPlaybooks.load(settings)
    shown = shown_playbook(city.playbook(name), city)
    if as_json:
        print(msgspec.json.encode(shown).decode())  # noqa: T201  the command's result
        return
    console = terminal()
    console.print(escape(f"{shown.title.of(lang)} ({shown.playbook})  {shown.file}"), style="bold")
    console.print(escape(f"{say('playbook.column-rules', lang)}: {_started(shown, city, lang)}"))
    group = grouping(shown.group_by, shown.window_s, lang)
    console.print(escape(f"{say('playbook.column-group', lang)}: {group}"))
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column in ("place", "does"):
        table.add_column(say(f"playbook.column-{column}", lang), no_wrap=column == "place", overflow="fold")
    for step in shown.steps:
        table.add_row(escape(step.place), escape(step.does.of(lang)))
    console.print(table)


def shown_playbook(playbook: Playbook, city: CityPlaybooks) -> PlaybookShown:
    """The playbook as it is shown."""
    group = playbook.group
    return PlaybookShown(
        playbook=playbook.id,
        version=playbook.version,
        title=playbook.title,
        file=playbook.place.file,
        group_by=() if group is None else group.by,
        window_s=0 if group is None else group.window_ms / 1000,
        started_by=[Starter(rule.id, rule.title, rule.owner, rule.severity) for rule in city.starting(playbook)],
        steps=[
            StepShown(place, placed.kind, Text(*(step_words(placed.step, city.catalog, lang) for lang in Lang)))
            for place, placed in placed_steps(playbook)
        ],
    )


def terminal() -> Console:
    """Standard output; of a width of its own where nobody is looking."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=WIDTH)


def _started(shown: PlaybookShown, city: CityPlaybooks, lang: Lang) -> str:
    if shown.playbook == city.built_in:
        return say("playbook.rules-other", lang, count=len(shown.started_by))
    return ", ".join(starter.rule for starter in shown.started_by) or say("playbook.rules-none", lang)
