"""What waits for somebody: the first thing that staff look at when they are woken at three in the morning."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from api.approval_ports import Approval
from api.incident_reach import sections_reached, sees
from api.incident_view import ToldIncident, tell_incident
from api.ports import View
from api.run_picture import NEEDY
from api.run_ports import StepFile
from api.situation import ALERTS_AT_MOST, tell
from city.alert import AlertState
from city.case import ENDED, Case, CaseState, CasesWanted
from city.principal import Principal
from city.right import Right
from city.run import IncidentsWanted

OPEN_AT_MOST: Final = 200  # incidents that go on at once: a flood has a dozen
FILES_AT_MOST: Final = 30  # of which the steps that need somebody are looked up
CASES_AT_MOST: Final = 50
_UNENDED: Final = frozenset(set(CaseState) - ENDED)


@dataclass(frozen=True, slots=True)
class Needy:
    """A step that needs somebody, and of what."""

    told: ToldIncident
    step: StepFile


@dataclass(frozen=True, slots=True)
class Inbox:
    """What waits. mine: cases that they have in hand; unseen: alerts that fire and nobody acknowledged."""

    approvals: tuple[tuple[Approval, ToldIncident], ...]
    needy: tuple[Needy, ...]
    overdue: tuple[Case, ...]
    mine: tuple[Case, ...]
    unseen: int

    @property
    def counts(self) -> Sequence[tuple[str, int]]:
        """What is the matter, in the order in which it is read; what is not there is left out."""
        each = (
            ("approvals", sum(not told.incident.drill for _, told in self.approvals)),
            ("steps", len(self.needy)),
            ("overdue", len(self.overdue)),
            ("alerts", self.unseen),
            ("mine", len(self.mine)),
            ("drills", sum(told.incident.drill for _, told in self.approvals)),
        )
        return [(name, n) for name, n in each if n]


def inbox_of(view: View, who: Principal) -> Inbox:
    """Asks the city; blocking."""
    catalog, rules = view.catalog(), view.rules()
    sections = sections_reached(who, catalog)
    rows = view.incidents.incidents(IncidentsWanted(open=True, sections=sections), None, OPEN_AT_MOST)
    needy = []
    for row in [row for row in rows if row.needy][:FILES_AT_MOST]:
        found = view.incidents.incident(row.incident.id)
        steps = () if found is None else found.steps
        told = tell_incident(row.incident, catalog, rules)
        needy += [Needy(told, step) for step in steps if step.status in NEEDY]
    overdue = CasesWanted(sections=sections, overdue=True)
    mine = CasesWanted(sections=sections, states=_UNENDED, assignee=who.name)
    late = tuple(view.cases.cases(overdue, None, CASES_AT_MOST))
    known = {case.id for case in late}
    return Inbox(
        approvals=_asked(view, who),
        needy=tuple(needy),
        overdue=late,
        mine=tuple(case for case in view.cases.cases(mine, None, CASES_AT_MOST) if case.id not in known),
        unseen=_unseen(view, who),
    )


def _asked(view: View, who: Principal) -> tuple[tuple[Approval, ToldIncident], ...]:
    """The approvals that they can answer, the worst first, then the oldest; exercises after what is real."""
    catalog, rules = view.catalog(), view.rules()
    seen = [one for one in view.incidents.asked() if sees(who, one.unit, catalog)]
    openers = view.incidents.opened_by({one.incident for one in seen})
    yours = [one for one in seen if view.runs.refusal(one, openers.get(one.incident), who) is None]
    told = []
    for one in sorted(yours, key=lambda one: (one.evidence.drill, -one.evidence.severity, one.asked_ms)):
        found = view.incidents.incident(one.incident)
        if found is not None:
            told.append((one, tell_incident(found.incident, catalog, rules)))
    return tuple(told)


def _unseen(view: View, who: Principal) -> int:
    """Alerts of their sections, and of the city, that fire, are told, and that nobody acknowledged."""
    catalog, rules = view.catalog(), view.rules()
    firing = view.alerts.alerts(AlertState.FIRING, None, None, ALERTS_AT_MOST)
    new = [alert for alert in firing if alert.acknowledged_ms is None and alert.suppressed_by is None]
    told = [tell(alert, catalog, rules) for alert in new]
    tree = catalog.departments
    return sum(
        one.department is None or who.may(Right.SEE_CASES, one.department.id, tree) for one in told if one.mark.alarms
    )
