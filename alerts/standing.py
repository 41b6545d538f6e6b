"""Where an alert stands among what is in force: a row of a plan, of one series or across several."""

from dataclasses import dataclass

from alerts.group_unit import GroupUnit
from alerts.in_force import InForce, Unit
from alerts.plan import NEVER
from city.reading import Int64s
from city.subject import series_of

Name = tuple[str, str]  # alert and subject


@dataclass(frozen=True, slots=True)
class Standing:
    """One row."""

    unit: Unit | GroupUnit
    row: int

    @property
    def own(self) -> Int64s:
        """int64[k]: the series whose readings are the subject's own."""
        if isinstance(self.unit, Unit):
            return self.unit.plan.series[self.row : self.row + 1]
        links = slice(*self.unit.plan.first_link[self.row : self.row + 2].tolist())
        return self.unit.plan.link[links][self.unit.plan.counts[links]]

    @property
    def is_muted(self) -> bool:
        """Whether a person closed it, and its raise has not been false since."""
        muted = self.unit.states.muted
        return muted is not None and bool(muted[self.row])

    @property
    def looks(self) -> bool:
        """Whether it has heard anything yet, and does not wait for its windows to be filled."""
        if self.unit.waits is not None and self.unit.waits[self.row]:
            return False
        return isinstance(self.unit, GroupUnit) or bool(self.unit.view.newest[self.unit.plan.series[self.row]] != NEVER)

    def look_again(self) -> None:
        """Any of its timers may be due."""
        self.unit.look_again()


def standing(in_force: InForce, name: Name) -> Standing | None:
    """The row of an alert and a subject; None where no rule in force has one."""
    alert, subject = name
    series = series_of(subject, in_force.catalog)
    for unit in in_force.units:
        for k in range(len(unit.plan.rules)):
            if series is not None and unit.plan.alert(k) == alert:
                for row in unit.plan.rows_of(k, series):
                    return Standing(unit, row)
    for group in in_force.groups:
        found = group.rows_by_name().get(name)
        if found is not None:
            return Standing(group, found)
    return None
