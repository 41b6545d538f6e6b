"""`megane backtest`: proposed rules over readings of the past, beside the rules that they would stand in for."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
from rich.console import Console

from alerts.backtest import looked_at
from alerts.comparison import Span
from alerts.episode import Episode
from alerts.plan import selected
from city.catalog import Catalog
from city.messages import say
from city.messages.text import Lang
from city.rule import Rule
from city.subject import subject_of
from megane.backtest_report import Report, report
from megane.backtest_table import print_report
from megane.history import History, Moments, open_history
from megane.proposal import Pair, ProposalError, read_pairs, rules_in_force
from megane.settings import Settings


class Asked(msgspec.Struct, frozen=True):
    """What is to be run: rules (files, folders or ids) beside `against`, over a folder of published readings in `form`
    or, without one, over the city's store; from and to as a person wrote them.
    """

    rules: tuple[str, ...]
    against: str | None
    over: Path | None
    form: str
    start: str | None
    end: str | None


class Run(msgspec.Struct, frozen=True):
    """What came of it: the alerts of either side, and what they came from."""

    pairs: Sequence[Pair]
    history: History
    proposed: Sequence[Episode]
    current: Sequence[Episode]

    def report(self, lang: Lang) -> Report:
        """The two sides compared."""
        span = Span(self.history.start_ms, self.history.end_ms)
        title_of, rule_title = titles(self.history.catalog, lang)
        readings = self.history.readings
        return report(self.pairs, self.proposed, self.current, span, readings, title_of, rule_title)


class Pictures(msgspec.Struct, frozen=True):
    """The files to draw into; None: not wanted."""

    png: Path | None
    html: Path | None

    @property
    def wanted(self) -> bool:
        """Whether there is anything to draw."""
        return self.png is not None or self.html is not None


def run_backtest(settings: Settings, asked: Asked, pictures: Pictures, *, as_json: bool, lang: Lang) -> None:
    """The command: runs, draws, and prints what came of it as tables or as JSON on the last line."""
    run = backtest(settings, asked, Console(stderr=True), lang, doubts=pictures.wanted)
    found = run.report(lang)
    if pictures.wanted:
        from megane.pictures.backtest import save  # noqa: PLC0415  half a second that most do without

        save(run, found, pictures.png, pictures.html, lang)
    if as_json:
        print(msgspec.json.encode(found).decode())  # noqa: T201  the command's result
    else:
        print_report(found, lang)


def backtest(settings: Settings, asked: Asked, console: Console, lang: Lang, *, doubts: bool = False) -> Run:
    """Runs both sides over the same readings, each in an engine of its own. doubts: see `LookedAt`."""
    moments = Moments.read(asked.start, asked.end, round(time.time() * 1000))
    source = open_history(settings, asked.over, asked.form)
    catalog = source.catalog
    pairs = read_pairs(asked.rules, asked.against, rules_in_force(settings), catalog, check_names=source.of_the_city)
    _say_what_selects_nothing(pairs, catalog, console, lang)
    sides = [[pair.proposed for pair in pairs], [pair.current for pair in pairs if pair.current]]
    looks = replace(looked_at(catalog, [*sides[0], *sides[1]]), doubts=doubts)
    history = source.history(moments, looks)
    proposed, current = (side.episodes() for side in history.run(sides, console))
    return Run(pairs, history, proposed, current)


def titles(catalog: Catalog, lang: Lang) -> tuple[Callable[[str], str], Callable[[Rule], str]]:
    """What a subject and a rule are called."""
    return lambda subject: subject_of(subject, catalog).title.of(lang), lambda rule: rule.title.of(lang)


def _say_what_selects_nothing(pairs: Sequence[Pair], catalog: Catalog, console: Console, lang: Lang) -> None:
    """A rule without sensors fires never, which must not look like a finding. Raises ProposalError if none has any."""
    idle = [pair.proposed for pair in pairs if not len(selected(pair.proposed.select, catalog))]
    if len(idle) == len(pairs):
        raise ProposalError("backtest.nothing-selected", rules=", ".join(rule.id for rule in idle))
    for rule in idle:
        console.print(f"{rule.place}: {say('alerts.rule_selects_nothing', lang, rule=rule.id)}", highlight=False)
