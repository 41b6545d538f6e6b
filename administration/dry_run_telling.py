"""What a dry run's steps come to, in the words of the catalog: each line of it, made where the step is known."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from administration.cloud_event import alert_title
from administration.dry_run_lines import (
    Alarmed,
    Asked,
    CaseOpened,
    CasesClosed,
    Commanded,
    DeviceReplied,
    DeviceReply,
    Line,
    Notified,
    Receiver,
    Resolved,
    Told,
    Trouble,
)
from administration.playbook import Playbook
from administration.steps.approve import Approve
from administration.steps.case import CloseCase, OpenCase
from administration.steps.command import Command
from administration.steps.notify import Notify
from administration.steps.step import Step
from administration.steps.webhook import Receivers, Webhook
from administration.template import fill
from city.catalog import Catalog
from city.messages.text import Text
from city.right import CITY_WIDE
from city.rule import Rule
from city.schedule import TOKYO
from city.subject import subject_of

INCIDENT_ID: Final = "dry-run"  # what `{incident.id}` is: a real one has a digest
_LAST_MS: Final = 253_370_732_400_000  # a playbook may wait for longer than calendars go


class Telling:
    """The lines of one dry run; it remembers who was told and which cases are open."""

    def __init__(self, playbook: Playbook, catalog: Catalog, rule: Rule | None, subject: str, severity: int) -> None:
        self._catalog = catalog
        self._severity = severity
        self._told: dict[str, Receiver] = {}
        self._cases: list[str] = []
        self.subject: Final = subject_of(subject, catalog)
        self.title: Final = playbook.title if rule is None else alert_title(rule.id, rule)
        self.section: Final = "" if rule is None else rule.owner
        self._values: Final[Mapping[str, str]] = {
            "incident.id": INCIDENT_ID,
            "incident.title": self.title.ja,
            "incident.rule": "" if rule is None else rule.id,
            "incident.subject": self.subject.title.ja,
            "incident.place": self.subject.place(catalog).ja,
            "incident.severity": str(severity),
            "playbook.title": playbook.title.ja,
        }

    def carried(self, place: str, step: Step, now_ms: int) -> Line:
        """What comes of a step that has an effect; of a command, that it is given."""
        match step:
            case Webhook():
                return self._tell(place, step, now_ms)
            case Notify(to=to, text=text):
                return Notified(at=moment(now_ms), place=place, channels=to, text=self._filled(text))
            case OpenCase():
                return self._open_case(place, step, now_ms)
            case CloseCase(reason=reason):
                said = None if reason is None else self._filled(reason)
                closed, self._cases = tuple(self._cases), []
                return CasesClosed(at=moment(now_ms), place=place, cases=closed, reason=said)
            case Command():
                return self.commanded(place, step, now_ms, undo=False)
            case _:
                raise TypeError(f"nothing to carry out: {step}")

    def commanded(self, place: str, step: Command, now_ms: int, *, undo: bool) -> Line:
        """A device is to be something, or what it was."""
        return Commanded(
            at=moment(now_ms),
            place=place,
            device=step.device,
            device_title=self._device_title(step),
            values=(step.undo or {}) if undo else step.set,
            deadline=moment(now_ms + step.deadline_ms),
            undo=undo,
        )

    def replied(self, place: str, step: Command, reply: DeviceReply, now_ms: int) -> Line:
        """What the device answers."""
        title = self._device_title(step)
        return DeviceReplied(at=moment(now_ms), place=place, device=step.device, device_title=title, reply=reply)

    def asked(self, place: str, step: Approve, rung: int, until_ms: int, now_ms: int) -> Line:
        """Who is asked on that rung of the ladder."""
        role = step.ladder[rung]
        section = "" if role in CITY_WIDE else self.section
        return Asked(
            at=moment(now_ms),
            place=place,
            question=self._filled(step.question),
            role=role,
            section=section,
            section_title=self._catalog.departments[section].title if section else self._catalog.title,
            rung=rung + 1,
            rungs=len(step.ladder),
            until=moment(until_ms),
        )

    def alarmed(self, place: str, trouble: Trouble, now_ms: int) -> Line:
        """A person has to look."""
        return Alarmed(at=moment(now_ms), place=place, trouble=trouble, to=tuple(self._told.values()))

    def resolved(self, now_ms: int) -> Line:
        """The incident is over."""
        return Resolved(at=moment(now_ms), to=tuple(self._told.values()))

    def _tell(self, place: str, step: Webhook, now_ms: int) -> Line:
        to = tuple(map(self._receiver, step.receivers(self._severity, self.section or None, self._catalog)))
        self._told.update({receiver.endpoint: receiver for receiver in to})
        return Told(at=moment(now_ms), place=place, to=to, subscribed=isinstance(step.to, Receivers))

    def _open_case(self, place: str, step: OpenCase, now_ms: int) -> Line:
        title, due_ms = self._filled(step.title), step.due_ms(now_ms)
        self._cases.append(title)
        return CaseOpened(
            at=moment(now_ms),
            place=place,
            section=step.section,
            section_title=self._catalog.departments[step.section].title,
            title=title,
            due=None if due_ms is None else moment(due_ms),
            checklist=step.checklist,
        )

    def _receiver(self, endpoint_id: str) -> Receiver:
        return next(
            Receiver(endpoint.id, endpoint.title, department.id, department.title)
            for department in self._catalog.departments.values()
            for endpoint in department.endpoints
            if endpoint.id == endpoint_id
        )

    def _device_title(self, step: Command) -> Text:
        return self._catalog.devices[step.device].title

    def _filled(self, template: str) -> str:
        return fill(template, self._values)


def moment(time_ms: int) -> datetime:
    """As people here read it; what lies past the year 9998 is shown as its end."""
    return datetime.fromtimestamp(min(time_ms, _LAST_MS) / 1000, ZoneInfo(TOKYO))
