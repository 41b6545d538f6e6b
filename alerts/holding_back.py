"""All that holds back what alerts would say: silent zones, rules that inhibit others, people's silences."""

from collections.abc import Sequence

from alerts.in_force import InForce
from alerts.inhibition import Inhibition
from alerts.open_alert import open_alerts
from alerts.silences import Silences
from alerts.suppression import Suppression, SuppressionMemory
from alerts.zone_silence import ZoneSilence
from city.catalog import Catalog
from city.rule import Rule


class HoldingBack:
    """For one catalog and its rules. `suppression` asks all the others."""

    def __init__(self, catalog: Catalog, rules: Sequence[Rule]) -> None:
        self.zones = ZoneSilence(catalog, rules)
        self.silences = Silences(catalog)
        self._inhibition = Inhibition(rules)
        self.suppression = Suppression((self.zones, self._inhibition, self.silences), catalog)

    def remember(self) -> SuppressionMemory:
        """What a snapshot keeps of it, beside the zones."""
        return SuppressionMemory(self._inhibition.remember(), self.silences.remember(), self.suppression.remember())

    def recall(self, memory: SuppressionMemory, in_force: InForce) -> None:
        """Goes on from there, with what is in force now."""
        self._inhibition.recall(memory.inhibiting, open_alerts(in_force))
        for silence in memory.silences:
            self.silences.add(silence)
        self.suppression.recall(memory.held)
