"""Which rules a backtest sets side by side: each that is proposed, and the one that it would stand in for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from alerts.rule_file import load_rules
from city.catalog import Catalog
from city.errors import UserError
from city.rule import Rule
from city.value import NAME, near
from ingest.journal.reader import Reader
from megane.city_files import read_folder, read_rules
from megane.city_home import CityHome
from megane.settings import Settings


class ProposalError(UserError):
    """It is not clear which rules are meant."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A proposed rule, and the one it is compared with: None where there is none."""

    proposed: Rule
    current: Rule | None


def rules_in_force(settings: Settings) -> Mapping[str, Rule]:
    """By id, the rules that the city of `settings` runs or ran with; of one that never ran, those of its folder."""
    journal = CityHome(Path(settings.home).resolve()).journal
    entry = None
    if journal.exists():
        reader = Reader(journal)
        entry = reader.rules_at(reader.last())
        reader.close()
    files = read_folder(Path(settings.city), "rules") if entry is None else entry.files
    return {rule.id: rule for rule in load_rules(files)}


def read_pairs(
    names: Sequence[str],
    against: str | None,
    in_force: Mapping[str, Rule],
    catalog: Catalog,
    *,
    check_names: bool,
) -> tuple[Pair, ...]:
    """The rules of files, folders or ids, each with its counterpart: of the same id in `against` (a file, folder or id)
    or else in force. Two rules alone are a pair whatever their ids.

    Raises ProposalError, or MistakesError where a proposed rule does not fit `catalog`.
    """
    files = {path: text for name in names if Path(name).exists() for path, text in read_rules(Path(name)).items()}
    proposed = [*load_rules(files, catalog, check_names=check_names)]
    proposed += [_in_force(name, in_force) for name in names if not Path(name).exists()]
    if against is None:
        # A rule in force beside itself would say nothing.
        return tuple(Pair(rule, None if in_force.get(rule.id) is rule else in_force.get(rule.id)) for rule in proposed)
    if Path(against).exists():
        others = {rule.id: rule for rule in load_rules(read_rules(Path(against)))}
    else:
        others = {against: _in_force(against, in_force)}
    if len(proposed) == len(others) == 1:
        return (Pair(proposed[0], next(iter(others.values()))),)
    unpaired = [rule.id for rule in proposed if rule.id not in others]
    if unpaired:
        raise ProposalError("backtest.unpaired", rules=", ".join(unpaired), against=against)
    return tuple(Pair(rule, others[rule.id]) for rule in proposed)


def _in_force(name: str, in_force: Mapping[str, Rule]) -> Rule:
    rule = in_force.get(name)
    if rule is None:
        if not NAME.fullmatch(name):
            raise ProposalError("megane.file-unreadable", file=name, problem="No such file or directory")
        raise ProposalError("backtest.no-such-rule", name=name, near=near(name, in_force) or "—")
    return rule
