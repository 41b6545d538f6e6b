"""New rules for a running city: all of them at once, or none where one is wrong.

The rules are read from the city's folder, checked against the catalog in force, and written to the journal. From that
entry on the engine judges by them, and does so again whenever the journal is run. Rules that did not change keep what
they know: what is pending stays pending, and its time goes on.
"""

import asyncio
import logging
import signal
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from administration.playbook import load_playbooks
from alerts.rule_file import read_rules
from city.clock import Clock
from city.errors import Mistake, UnavailableError, UserError
from city.messages import say
from city.messages.text import Lang
from city.ports import JournalReader, JournalWriter
from city.rule import Rule, RulesChange
from megane.city_files import read_folder, read_playbooks
from megane.in_force import InForce

_log = logging.getLogger(__name__)


class Journal(JournalWriter, Protocol):
    """What is asked of the journal."""

    @property
    def reader(self) -> JournalReader:
        """For the rules that it has in force."""
        ...


class RuleReload:
    """Brings the rules of the city's folder into force. Safe to be called from several threads."""

    def __init__(self, city: Path, in_force: InForce, journal: Journal, clock: Clock) -> None:
        """`city`: the folder that holds `rules/`."""
        self._city = city
        self._in_force = in_force
        self._journal = journal
        self._clock = clock
        self._one_at_a_time = threading.Lock()

    def reload(self) -> RulesChange:
        """Reads the folder anew. What it gives is in the journal; the engine takes it as its next entry. Blocking.

        Raises MistakesError with every mistake in the files, UserError for a folder that cannot be read,
        UnavailableError where the journal cannot be written: nothing is changed then.
        """
        with self._one_at_a_time:
            files = read_folder(self._city, "rules")
            catalog = self._in_force.catalog()
            playbooks = load_playbooks(read_playbooks(self._city), catalog)
            found = read_rules(files, catalog, playbooks=playbooks)
            reader = self._journal.reader
            before = reader.rules_at(reader.last())
            position = None
            if before is None or dict(before.files) != dict(files):
                position = self._journal.append_rules(self._clock.now_ms(), files)
            change = compare(self._in_force.rules(), found.rules, position, found.warnings)
            self._in_force.put_rules(found.rules)
            return change


def compare(
    before: Mapping[str, Rule], after: Sequence[Rule], position: int | None, warnings: Sequence[Mistake]
) -> RulesChange:
    """What became of each rule, told by what anybody can notice of it: its tests and its place do not count."""
    now = {rule.id: rule for rule in after}
    return RulesChange(
        position,
        new=tuple(sorted(now.keys() - before.keys())),
        changed=tuple(sorted(name for name in now.keys() & before.keys() if _said(now[name]) != _said(before[name]))),
        gone=tuple(sorted(before.keys() - now.keys())),
        warnings=tuple(warnings),
    )


def _said(rule: Rule) -> tuple[object, ...]:
    return (rule.version, rule.title, rule.owner, rule.alert_level, rule.act_within_ms, rule.playbook)


async def reload_on_hangup(reload: RuleReload) -> None:
    """SIGHUP brings the rules of the folder into force; what is wrong with them is logged. Runs until cancelled."""
    loop = asyncio.get_running_loop()
    asked = asyncio.Event()
    loop.add_signal_handler(signal.SIGHUP, asked.set)
    try:
        while True:
            await asked.wait()
            asked.clear()
            try:
                change = await asyncio.to_thread(reload.reload)
            except (UserError, UnavailableError) as error:
                told = error.text(Lang.EN) if isinstance(error, UserError) else str(error)
                _log.error("the rules in force stay as they are: %s", told)
            else:
                warnings = [warning.text(Lang.EN) for warning in change.warnings]
                _log.info("%s", "\n".join([*warnings, *tell(change, Lang.EN)]))
    finally:
        loop.remove_signal_handler(signal.SIGHUP)


class Changed(Protocol):
    """A `RulesChange`, or what the API says of one."""

    @property
    def position(self) -> int | None: ...  # noqa: D102  see `RulesChange`
    @property
    def new(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def changed(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def gone(self) -> Sequence[str]: ...  # noqa: D102


def tell(change: Changed, lang: Lang) -> list[str]:
    """A line for each kind of change, and one that says from where on."""
    kinds = (("new", change.new), ("changed", change.changed), ("gone", change.gone))
    lines = [say(f"rules.{kind}", lang, rules=", ".join(rules)) for kind, rules in kinds if rules]
    if change.position is None:
        return [*lines, say("rules.same", lang)]
    return [*lines, say("rules.in-force", lang, position=change.position)]
