"""`megane shadow report`: rules on trial beside the rules in force, as both ran; the report of a backtest."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import msgspec

from alerts.backtest import looked_at
from alerts.comparison import Span
from alerts.episode import Episode
from alerts.projection import Alert
from city.errors import UserError
from city.messages.text import Lang
from city.rule import Rule
from city.value import near
from megane.backtest import Pictures, Run, titles
from megane.backtest_report import report
from megane.backtest_table import print_report
from megane.history import Moments
from megane.past_alerts import past_alerts
from megane.proposal import Pair, rules_in_force
from megane.settings import Settings
from megane.stored_history import StoredHistory

TRIAL_MS: Final = 7 * 86_400_000  # a week: every day of it once


class ShadowError(UserError):
    """There is no such rule on trial."""


class Trial(msgspec.Struct, frozen=True):
    """Which rules on trial (none named: all) beside which rule, from and to as a person wrote them."""

    rules: tuple[str, ...]
    against: str | None
    start: str | None
    end: str | None


def run_shadow_report(settings: Settings, trial: Trial, pictures: Pictures, *, as_json: bool, lang: Lang) -> None:
    """The command: compares, draws, and prints what came of it as tables or as JSON on the last line."""
    moments = Moments.read(trial.start, trial.end, round(time.time() * 1000), TRIAL_MS)
    pairs = shadow_pairs(rules_in_force(settings), trial.rules, trial.against)
    source = StoredHistory(settings)
    catalog = source.catalog
    episodes = [_episode(alert) for alert in past_alerts(settings, moments)]
    span = Span(moments.start_ms, moments.end_ms)
    found = report(pairs, episodes, episodes, span, None, *titles(catalog, lang))
    if pictures.wanted:
        from megane.pictures.backtest import save  # noqa: PLC0415  half a second that most do without

        rules = [rule for pair in pairs for rule in (pair.proposed, pair.current) if rule is not None]
        history = source.history(moments, replace(looked_at(catalog, rules), past_ms=0))
        save(Run(pairs, history, episodes, episodes), found, pictures.png, pictures.html, lang)
    if as_json:
        print(msgspec.json.encode(found).decode())  # noqa: T201  the command's result
    else:
        print_report(found, lang)


def shadow_pairs(in_force: Mapping[str, Rule], names: Sequence[str], against: str | None) -> list[Pair]:
    """The rules on trial, each with the one it would stand in for: `against`, else that with whose id its own begins.

    `river-danger-new` is tried beside `river-danger`. Raises ShadowError.
    """
    shadows = {name: rule for name, rule in in_force.items() if rule.shadow}
    if not shadows:
        raise ShadowError("backtest.no-shadow")
    for name in names:
        if name not in shadows:
            raise ShadowError("backtest.not-in-shadow", name=name, near=near(name, shadows) or ", ".join(shadows))
    if against is not None and against not in in_force:
        raise ShadowError("backtest.no-such-rule", name=against, near=near(against, in_force) or "—")
    return [
        Pair(shadows[name], in_force[against] if against else _counterpart(name, in_force)) for name in names or shadows
    ]


def _counterpart(name: str, in_force: Mapping[str, Rule]) -> Rule | None:
    acting = (rule for rule in in_force.values() if not rule.shadow and name.startswith(f"{rule.id}-"))
    return max(acting, key=lambda rule: len(rule.id), default=None)


def _episode(alert: Alert) -> Episode:
    return Episode(alert.rule, alert.subject, alert.severity, alert.raised_ms, alert.resolved_ms, alert.peak)
