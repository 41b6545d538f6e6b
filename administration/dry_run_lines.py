"""What a dry run tells: one record for each thing that would happen, and all of them with what was supposed.

As JSON each line says in `what` which of them it is; moments are ISO 8601 with the offset of Asia/Tokyo, texts of the
catalog in both languages. Templates are filled. Endpoints and channels go by their names: there is no address in here,
and no secret.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import msgspec

from city.messages.text import Text
from city.right import Role
from city.run import Answer


class DeviceReply(StrEnum):
    """How a device takes a command."""

    DONE = "done"
    REFUSED = "refused"
    SILENT = "silent"  # it says nothing until the deadline


class Trouble(StrEnum):
    """Why a person has to look."""

    REFUSED = "refused"
    SILENT = "silent"
    RETURNED = "returned"
    UNANSWERED = "unanswered"


class Receiver(msgspec.Struct, frozen=True):
    """An endpoint that is told, and the section whose it is."""

    endpoint: str
    title: Text
    section: str
    section_title: Text


class _Line(msgspec.Struct, frozen=True, tag_field="what", kw_only=True):
    """at: when. place: of the step, as `steps.2.then.0`; None: it is the incident's own."""

    at: datetime
    place: str | None = None


class Told(_Line, frozen=True, tag="told"):
    """By webhook; the same hear of everything that follows in the incident. subscribed: they subscribed to such."""

    to: tuple[Receiver, ...]
    subscribed: bool


class Notified(_Line, frozen=True, tag="notified"):
    """People, by mail or chat. channels: their names in the settings."""

    channels: tuple[str, ...]
    text: str


class CaseOpened(_Line, frozen=True, tag="case_opened"):
    """With a section. due: None: whenever."""

    section: str
    section_title: Text
    title: str
    due: datetime | None
    checklist: tuple[str, ...]


class CasesClosed(_Line, frozen=True, tag="cases_closed"):
    """Those that the run had opened, by their titles. reason: None: the playbook says none."""

    cases: tuple[str, ...]
    reason: str | None


class Commanded(_Line, frozen=True, tag="commanded"):
    """A device is to be something. undo: as it was before, for the incident is over."""

    device: str
    device_title: Text
    values: Mapping[str, str]
    deadline: datetime
    undo: bool


class DeviceReplied(_Line, frozen=True, tag="device_replied"):
    """What the device is supposed to answer."""

    device: str
    device_title: Text
    reply: DeviceReply


class Asked(_Line, frozen=True, tag="asked"):
    """Somebody who holds the role, beside those asked before.

    rung: of the ladder, from 1. section: whose, empty: the whole city's. until: then the next is asked too, or nobody
    """

    question: str
    role: Role
    section: str
    section_title: Text
    rung: int
    rungs: int
    until: datetime


class Answered(_Line, frozen=True, tag="answered"):
    """What somebody asked is supposed to answer."""

    answer: Answer


class Waits(_Line, frozen=True, tag="waits"):
    """Time has to pass."""

    until: datetime


class Chosen(_Line, frozen=True, tag="chosen"):
    """A branch. then: its condition holds; else it goes the other way."""

    then: bool


class Alarmed(_Line, frozen=True, tag="alarmed"):
    """A person has to look, and those who were told so far hear of it."""

    trouble: Trouble
    to: tuple[Receiver, ...]


class Stopped(_Line, frozen=True, tag="stopped"):
    """What was waited for is waited for no more: the incident is over."""


class Resolved(_Line, frozen=True, tag="resolved"):
    """The incident is over, and those who were told hear of it."""

    to: tuple[Receiver, ...]


class Finished(_Line, frozen=True, tag="finished"):
    """Nothing is left to do."""


Line = (
    Told
    | Notified
    | CaseOpened
    | CasesClosed
    | Commanded
    | DeviceReplied
    | Asked
    | Answered
    | Waits
    | Chosen
    | Alarmed
    | Stopped
    | Resolved
    | Finished
)


class DryRun(msgspec.Struct, frozen=True):
    """A playbook with its effects shown and none carried out.

    rule: whose alert opened the incident; None: a person did, or it does not matter
    section: whose business it is, empty for the whole city's
    finished: whether nothing is left to do; else the incident goes on, or `waiting` are still to be answered
    supposed: places of approvals and commands whose answer nobody gave, so that it was taken for yes, or done
    """

    playbook: str
    version: str
    title: Text
    rule: str | None
    incident_title: Text
    subject: str
    subject_title: Text
    section: str
    severity: int
    began: datetime
    lines: tuple[Line, ...]
    finished: bool
    waiting: tuple[str, ...]
    supposed: tuple[str, ...]
