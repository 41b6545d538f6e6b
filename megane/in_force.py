"""The catalog and the rules in force, for those who write to departments and show pages."""

from collections.abc import Mapping, Sequence

from administration.playbook import Playbook, load_playbooks
from alerts.rule_file import read_rules
from city.alert import AlertEvent
from city.catalog import Catalog
from city.catalog_file import load_catalog
from city.entry import CatalogEntry
from city.ports import JournalWriter
from city.rule import Rule
from ingest.journal.reader import Reader


class InForce:
    """Implements `administration.ports.InForce`. The catalog is that of the start; rules may be put in their place."""

    def __init__(
        self, catalog: Catalog, rules: tuple[Rule, ...], playbooks: Mapping[str, Playbook] | None = None
    ) -> None:
        self._catalog = catalog
        self._playbooks = playbooks or {}
        self._rules: Mapping[str, Rule] = {}
        self.put_rules(rules)

    def put_rules(self, rules: Sequence[Rule]) -> None:
        """From now on these are in force. Whoever asked before goes on with what it was given."""
        self._rules = {rule.id: rule for rule in rules}

    def catalog(self) -> Catalog:
        """The catalog."""
        return self._catalog

    def playbooks(self) -> Mapping[str, Playbook]:
        """Those of the start, by id."""
        return self._playbooks

    def rules(self) -> Mapping[str, Rule]:
        """The rules by id."""
        return self._rules

    def rule(self, rule: str) -> Rule | None:
        """The rule of that id, None where there is none."""
        return self._rules.get(rule)

    def link(self, event: AlertEvent) -> str | None:  # noqa: ARG002  there is no page of one alert yet
        """No public address is set in this version."""
        return None


def load_city(
    catalog_files: Mapping[str, str],
    rule_files: Mapping[str, str],
    root: str,
    playbook_files: Mapping[str, str] | None = None,
) -> InForce:
    """Catalog and rules from their files. Raises MistakesError with every mistake of the one, then of the next.

    playbook_files: looked over too, and what rules name must be among them; None: rules may name any
    """
    catalog = load_catalog(catalog_files, root)
    playbooks = None if playbook_files is None else load_playbooks(playbook_files, catalog)
    return InForce(catalog, read_rules(rule_files, catalog, playbooks=playbooks).rules, playbooks)


def journal_what_is_new(
    journal: JournalWriter, reader: Reader, now_ms: int, catalog_files: Mapping[str, str], rule_files: Mapping[str, str]
) -> None:
    """Appends the catalog and the rules where they are not those that the journal already has in force.

    So the journal says by itself under which rules its readings were judged.
    """
    last = reader.last()
    catalog, rules = reader.catalog_at(last), reader.rules_at(last)
    if catalog is None or dict(catalog.files) != dict(catalog_files):
        journal.append_catalog(now_ms, catalog_files)
    if rules is None or dict(rules.files) != dict(rule_files):
        journal.append_rules(now_ms, rule_files)


def catalog_of(entry: CatalogEntry) -> Catalog:
    """The catalog that an entry of the journal holds."""
    return load_catalog(entry.files)
