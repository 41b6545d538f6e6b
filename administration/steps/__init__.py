"""Everything that a playbook can do."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from administration.ports import StepKind
from administration.steps.webhook import WEBHOOK

STEPS: Final[Mapping[str, StepKind]] = MappingProxyType({kind.name: kind for kind in (WEBHOOK,)})
