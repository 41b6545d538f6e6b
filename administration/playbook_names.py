"""What a playbook names and the catalog should know."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain

from administration.steps.branch import Branch
from administration.steps.case import OpenCase
from administration.steps.command import Command
from administration.steps.step import PlaybookStep, Step
from administration.steps.webhook import Receivers, Webhook
from city.catalog import Catalog, Output
from city.errors import Mistake, Place
from city.value import near


def unknown_names(steps: Sequence[PlaybookStep], catalog: Catalog) -> Iterator[Mistake]:
    """Each name that the catalog does not know, at the step that says it; of steps within steps too."""
    for placed in steps:
        for key, name, known in _named(placed.step, catalog):
            if name and name not in known:
                message = "city.unknown_name_near" if (nearest := near(name, known)) else "city.unknown_name"
                yield Mistake.at(placed.place, message, key=key, found=name[:80], near=nearest)
        if isinstance(placed.step, Command) and (device := catalog.devices.get(placed.step.device)) is not None:
            yield from _unknown_values(placed.step, device.outputs, placed.place)
        yield from unknown_names(tuple(chain.from_iterable(placed.step.blocks.values())), catalog)


def _unknown_values(step: Command, outputs: Mapping[str, Output], place: Place) -> Iterator[Mistake]:
    """What an output that there is cannot be."""
    for name, value in chain(step.set.items(), (step.undo or {}).items()):
        output = outputs.get(name)
        if output is not None and not output.takes(value):
            known = ", ".join(output.values)
            yield Mistake.at(place, "city.need_choice", key=name, found=value[:80], known=known)


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
            if (there := catalog.devices.get(device)) is not None:
                yield from (("set", name, there.outputs) for name in step.set)
                yield from (("undo", name, there.outputs) for name in step.undo or ())
        case Branch(site=site, area=area):
            yield from (("site", name, catalog.sites) for name in sorted(site))
            yield from (("area", name, catalog.areas) for name in sorted(area))
        case _:
            pass
