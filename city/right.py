"""Who may what: roles as a city hall has them, and the rights that each carries. One table, read by all doors."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What somebody is, at a place in the tree of the city; it reaches what lies below that place."""

    MEMBER = "member"  # 課員
    GROUP_LEADER = "group_leader"  # グループリーダー
    SECTION_CHIEF = "section_chief"  # 課長・室長
    DEPARTMENT_HEAD = "department_head"  # 部長
    CIO = "cio"  # 副市長 (CIO)
    MAYOR = "mayor"  # 市長
    DIGITAL = "digital"  # デジタル推進課
    REFORM = "reform"  # 総務課・財政政策課
    AUDITOR = "auditor"  # 監査委員事務局


class Right(StrEnum):
    """One thing that a route or a step asks for."""

    SEE = "see"  # readings, alerts, rules, devices and their state: every member of staff may
    SEE_CASES = "see_cases"  # cases, incidents and runs of the places reached
    ACT = "act"  # acknowledge, assign, comment and close alerts; work on cases
    SILENCE = "silence"  # keep alerts from being told: it can hide one, so a member alone may not
    START = "start"  # start a playbook by hand; pause, skip, redo, take over and stop a run
    EQUIP = "equip"  # devices, endpoints, quarantine, rules brought into force
    INSPECT = (
        "inspect"  # read what EQUIP and PEOPLE are about: quarantine, certificates, what was refused, who is there
    )
    PEOPLE = "people"  # people, rosters and tokens
    AUDIT = "audit"  # the audit log


# administration.md, "People". A role at a place has these rights there and below. To answer an approval is no right:
# the question says which role it asks, and who acts for somebody on the roster answers it with that role alone.
_MEMBER: Final = frozenset({Right.SEE, Right.SEE_CASES, Right.ACT})
_LEADER: Final = _MEMBER | {Right.SILENCE, Right.START}
RIGHTS: Final[Mapping[Role, frozenset[Right]]] = {
    Role.MEMBER: _MEMBER,
    Role.GROUP_LEADER: _LEADER,
    Role.SECTION_CHIEF: _LEADER,
    Role.DEPARTMENT_HEAD: _LEADER,
    Role.CIO: _LEADER,
    Role.MAYOR: _LEADER,
    Role.DIGITAL: frozenset({Right.SEE, Right.EQUIP, Right.INSPECT, Right.PEOPLE}),
    Role.REFORM: frozenset({Right.SEE}),
    Role.AUDITOR: frozenset({Right.SEE, Right.SEE_CASES, Right.INSPECT, Right.AUDIT}),
}

# These offices are the whole city's, wherever in the tree their holder sits.
CITY_WIDE: Final = frozenset({Role.CIO, Role.MAYOR, Role.DIGITAL, Role.REFORM, Role.AUDITOR})


class Scope(StrEnum):
    """What a token lets a program do. None of them approves: that is a person's."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


_READ: Final = frozenset({Right.SEE, Right.SEE_CASES})
_WRITE: Final = _READ | {Right.ACT, Right.SILENCE, Right.START}
SCOPES: Final[Mapping[Scope, frozenset[Right]]] = {
    Scope.READ: _READ,
    Scope.WRITE: _WRITE,
    Scope.ADMIN: _WRITE | {Right.EQUIP, Right.INSPECT, Right.PEOPLE, Right.AUDIT},
}
