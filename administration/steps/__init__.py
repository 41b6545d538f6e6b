"""Everything that a playbook can do."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from administration.steps.approve import APPROVE
from administration.steps.branch import BRANCH
from administration.steps.case import CASE, CLOSE_CASE
from administration.steps.command import COMMAND
from administration.steps.notify import NOTIFY
from administration.steps.step import StepKind
from administration.steps.wait import WAIT
from administration.steps.webhook import WEBHOOK

_KINDS: Final = (WEBHOOK, NOTIFY, CASE, COMMAND, APPROVE, WAIT, BRANCH, CLOSE_CASE)
STEPS: Final[Mapping[str, StepKind]] = MappingProxyType({kind.name: kind for kind in _KINDS})
