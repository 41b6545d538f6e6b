"""`megane tune`: one number, level or duration of a rule, tried over history and measured by what really happened."""

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import msgspec
from rich.console import Console

from alerts.backtest import looked_at
from alerts.comparison import Span, figures
from alerts.episode import Episode
from alerts.expression_text import read_condition
from alerts.plan import selected
from alerts.score import events_of, score
from alerts.tokens import Fault
from alerts.variants import present, variant
from city.messages.text import Lang
from city.rule import Rule, Source
from megane.backtest import Pictures
from megane.episodes import iso
from megane.history import HistorySource, Moments, open_history
from megane.labels import CLOSINGS, Labels, closings, read_labels
from megane.proposal import read_pairs, rules_in_force
from megane.settings import Settings
from megane.sweep import SweepError, named, read_values, read_varied, written
from megane.tune_report import Lead, Point, Tuned
from megane.tune_table import print_tuned

TARGET: Final = "target"  # version of the rule that finds the events where a level is the target
DIGITS: Final = 4


class Tried(msgspec.Struct, frozen=True):
    """What is to be tried, as a person wrote it. `ahead_ms`: how long before an event an alert may tell of it."""

    rule: str
    target: str
    number: str | None
    level: str | None
    duration: str | None
    values: str
    ahead_ms: int
    over: Path | None
    form: str
    start: str | None
    end: str | None


def run_tune(settings: Settings, tried: Tried, pictures: Pictures, *, as_json: bool, lang: Lang) -> None:
    """The command: tries all values, draws, and prints the curve as a table or as JSON on the last line."""
    found = tune(settings, tried, Console(stderr=True), lang)
    if pictures.wanted:
        from megane.pictures.tune import save  # noqa: PLC0415  half a second that most do without

        save(found, pictures.png, pictures.html, lang)
    if as_json:
        print(msgspec.json.encode(found).decode())  # noqa: T201  the command's result
    else:
        print_tuned(found, lang)


def tune(settings: Settings, tried: Tried, console: Console, lang: Lang) -> Tuned:
    """Runs all variants at once over the same readings, and scores each."""
    varied = read_varied(tried.number, tried.level, tried.duration)
    values = read_values(tried.values, varied)
    moments = Moments.read(tried.start, tried.end, round(time.time() * 1000))
    source = open_history(settings, tried.over, tried.form)
    rule = _meant(settings, tried, source)
    variants = {f"{k}": replace(variant(rule, varied, value), version=f"{k}") for k, value in enumerate(values)}
    target = _level_target(rule, tried.target)
    labels = None if target else _labels(settings, tried.target, rule, moments)
    rules = [*variants.values(), *([target] if target else [])]
    history = source.history(moments, looked_at(source.catalog, rules))
    [running] = history.run([rules], console)
    episodes = running.by_version()  # they have the same id
    span = Span(moments.start_ms, moments.end_ms)
    if labels is None:
        labels = Labels(events_of(episodes.get(TARGET, ()), tried.ahead_ms, span), whole=True)
    now = present(rule, varied)
    points = [
        _point(value, written(value, varied), value == now, episodes.get(version, ()), labels, tried.ahead_ms, span)
        for version, value in zip(variants, values, strict=True)
    ]
    if not points[0].events:
        raise SweepError("tune.none-in-span", target=tried.target)
    series = selected(rule.select, history.catalog)
    return Tuned(
        rule=rule.id,
        title=rule.title.of(lang),
        varied=named(varied),
        unit="" if tried.duration else history.catalog.sensors[int(series[0])].quantity.unit_label,
        target=tried.target,
        start=iso(span.start_ms),
        end=iso(span.end_ms),
        readings=history.readings,
        events=points[0].events,
        points=points,
    )


def _meant(settings: Settings, tried: Tried, source: HistorySource) -> Rule:
    """The one rule that is meant."""
    in_force = rules_in_force(settings)
    pairs = read_pairs((tried.rule,), None, in_force, source.catalog, check_names=source.of_the_city)
    if len(pairs) != 1:
        raise SweepError("tune.one-rule", name=tried.rule, rules=", ".join(pair.proposed.id for pair in pairs))
    rule = pairs[0].proposed
    if not len(selected(rule.select, source.catalog)):
        raise SweepError("backtest.nothing-selected", rules=rule.id)
    return rule


def _labels(settings: Settings, target: str, rule: Rule, moments: Moments) -> Labels:
    """What really happened: of a file, or what people gave as reasons when they closed the rule's alerts."""
    if target == CLOSINGS:
        return closings(settings, rule, moments)
    events = read_labels(Path(target))
    return Labels(events, whole=all(event.real for event in events))


def _level_target(rule: Rule, target: str) -> Rule | None:
    """Where the target is `level("name")`: a rule on the same sensors that fires while that level is reached."""
    if not target.startswith("level("):
        return None
    text = f"last() >= {target}"
    found = Rule(
        id=rule.id,
        version=TARGET,
        title=rule.title,
        owner=rule.owner,
        select=rule.select,
        raise_=Source(text, rule.place),
        severity=1,
        quality=rule.quality,
    )
    if isinstance(read_condition(text), Fault):
        raise SweepError("tune.target", target=target)
    return found


def _point(
    value: float,
    text: str,
    is_present: bool,  # noqa: FBT001  a column
    episodes: Sequence[Episode],
    labels: Labels,
    ahead_ms: int,
    span: Span,
) -> Point:
    found, alarm = score(episodes, labels.events, ahead_ms, span, whole=labels.whole), figures(episodes, span)
    leads_s = [lead / 1000 for lead in found.leads_ms]
    return Point(
        value=value,
        text=text,
        present=is_present,
        alerts=found.alerts,
        right=found.right,
        wrong=found.wrong,
        unknown=found.unknown,
        events=found.events,
        told=found.told,
        precision=_rounded(found.precision),
        recall=_rounded(found.recall),
        lead=None if found.lead_ms is None else Lead(found.lead_ms / 1000, min(leads_s), max(leads_s)),
        hours=round(alarm.hours, DIGITS),
        raised_at_night=alarm.raised_at_night,
    )


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, DIGITS)
