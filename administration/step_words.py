"""What a step of a playbook does, in a line, as staff read it."""

from administration.steps.approve import Approve
from administration.steps.branch import Branch
from administration.steps.case import CloseCase, OpenCase
from administration.steps.command import Command
from administration.steps.notify import Notify
from administration.steps.step import Step
from administration.steps.wait import Wait
from administration.steps.webhook import Receivers, Webhook
from city.catalog import Catalog
from city.messages import CATALOGUE, say
from city.messages.text import Lang, Text
from city.output_words import set_words
from city.right import Role
from city.schedule_file import written

_MINUTE_MS = 60_000


def step_words(step: Step, catalog: Catalog) -> Text:
    """Of a kind that has no words here: none."""
    match step:
        case Webhook(to=Receivers.SUBSCRIBED):
            words = CATALOGUE["runs.step_subscribed"]
        case Webhook(to=to) if not isinstance(to, Receivers):
            words = _both("runs.step_told", to=_endpoints(to, catalog))
        case Notify(to=to, text=text):
            words = _both("runs.step_notify", to=", ".join(to), text=text)
        case OpenCase(section=section, title=title):
            department = catalog.departments.get(section)
            words = _both("runs.step_case", section=department.title if department else section, title=title)
        case CloseCase():
            words = CATALOGUE["runs.step_close"]
        case Command(device=name, set=wanted):
            device = catalog.devices.get(name)
            words = _both("runs.step_command", device=device.title if device else name, set=set_words(wanted, device))
        case Approve(ladder=ladder, within_ms=within_ms, question=question):
            words = _both("runs.step_approve", roles=_ladder(ladder), within=span(within_ms), question=question)
        case Wait(for_ms=for_ms):
            words = _both("runs.step_wait", span=span(for_ms))
        case Branch():
            words = _branch(step, catalog)
        case _:
            words = Text("", "")
    return words


def span(length_ms: int) -> Text:
    """`15分`, `2時間`, `1時間30分`."""
    hours, minutes = divmod(-(-length_ms // _MINUTE_MS), 60)
    if not hours:
        return _both("runs.minutes", n=minutes)
    return _both("runs.hours_minutes", h=hours, n=minutes) if minutes else _both("runs.hours", n=hours)


def _branch(step: Branch, catalog: Catalog) -> Text:
    if step.severity is None and not step.schedule:
        sites = [catalog.sites[name].title for name in sorted(step.site) if name in catalog.sites]
        places = sites + [catalog.areas[name].title for name in sorted(step.area) if name in catalog.areas]
        return _both("runs.step_branch_place", places=_joined(places))
    hours = written(step.schedule) if step.schedule else ""
    if step.severity is None:
        return _both("runs.step_branch_hours", hours=hours)
    key = "runs.step_branch_both" if hours else "runs.step_branch_severity"
    return _both(key, severity=step.severity, hours=hours) if hours else _both(key, severity=step.severity)


def _endpoints(names: tuple[str, ...], catalog: Catalog) -> Text:
    titles = {one.id: one.title for each in catalog.departments.values() for one in each.endpoints}
    found = [titles.get(name, Text(name, name)) for name in names]
    return _joined(found)


def _joined(titles: list[Text]) -> Text:
    return Text(ja="、".join(t.ja for t in titles), en=", ".join(t.en for t in titles))


def _ladder(ladder: tuple[Role, ...]) -> Text:
    titles = [CATALOGUE[f"access.role.{role}"] for role in ladder]
    return Text(ja=" → ".join(t.ja for t in titles), en=" → ".join(t.en for t in titles))


def _both(key: str, **fields: object) -> Text:
    return Text(ja=say(key, Lang.JA, **fields), en=say(key, Lang.EN, **fields))
