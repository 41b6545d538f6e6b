"""What a playbook names and the catalog should know."""

from collections.abc import Collection, Iterator, Sequence
from itertools import chain

from administration.steps.case import OpenCase
from administration.steps.command import Command
from administration.steps.step import PlaybookStep, Step
from administration.steps.webhook import Receivers, Webhook
from city.catalog import Catalog
from city.errors import Mistake
from city.value import near


def unknown_names(steps: Sequence[PlaybookStep], catalog: Catalog) -> Iterator[Mistake]:
    """Each name that the catalog does not know, at the step that says it; of steps within steps too."""
    for placed in steps:
        for key, name, known in _named(placed.step, catalog):
            if name and name not in known:
                message = "city.unknown_name_near" if (nearest := near(name, known)) else "city.unknown_name"
                yield Mistake.at(placed.place, message, key=key, found=name[:80], near=nearest)
        yield from unknown_names(tuple(chain.from_iterable(placed.step.blocks.values())), catalog)


def _named(step: Step, catalog: Catalog) -> Iterator[tuple[str, str, Collection[str]]]:
    """Key, name, and what is known of its kind."""
    match step:
        case Webhook(to=to) if not isinstance(to, Receivers):
            known = {endpoint.id for department in catalog.departments.values() for endpoint in department.endpoints}
            yield from (("to", name, known) for name in to)
        case OpenCase(section=section):
            yield "section", section, catalog.departments
        case Command(device=device):
            yield "device", device, catalog.devices
        case _:
            pass
