"""What a playbook's steps do, and how its alerts are grouped, in words."""

from collections.abc import Iterable, Mapping, Sequence

from administration.playbook import GroupBy
from administration.steps.approve import Approve
from administration.steps.branch import Branch
from administration.steps.case import CloseCase, OpenCase
from administration.steps.command import Command
from administration.steps.notify import Notify
from administration.steps.step import Step
from administration.steps.wait import Wait
from administration.steps.webhook import Receivers, Webhook
from city.catalog import Catalog
from city.messages import say
from city.messages.text import Lang
from city.schedule_file import written
from megane.backtest_words import duration


def grouping(by: Sequence[GroupBy], window_s: float, lang: Lang) -> str:
    """What alerts of one incident have in common."""
    if not by:
        return say("playbook.alone", lang)
    names = say("playbook.and", lang).join(say(f"playbook.by-{one}", lang) for one in by)
    return say("playbook.by", lang, by=names, window=duration(window_s, lang))


def joined(words: Iterable[str], lang: Lang) -> str:
    """One after the other."""
    return say("playbook.comma", lang).join(words)


def set_words(values: Mapping[str, str], lang: Lang) -> str:
    """What a device is to be; an empty text is nothing, as on a sign that is dark."""
    empty = say("playbook.nothing", lang)
    return joined((f"{name}={value or empty}" for name, value in values.items()), lang)


def step_words(step: Step, catalog: Catalog, lang: Lang) -> str:  # noqa: PLR0911  one return for each kind of step
    """What the step does."""
    match step:
        case Webhook(to=to):
            if isinstance(to, Receivers):
                return say("playbook.step-subscribed", lang)
            return say("playbook.step-webhook", lang, to=joined(to, lang))
        case Notify(to=to, text=text):
            return say("playbook.step-notify", lang, to=joined(to, lang), text=text)
        case OpenCase():
            return _case(step, catalog, lang)
        case CloseCase(reason=reason):
            return say("playbook.step-close", lang, reason=reason or say("playbook.no-reason", lang))
        case Command():
            return _command(step, catalog, lang)
        case Approve():
            return _approve(step, lang)
        case Wait(for_ms=for_ms):
            return say("playbook.step-wait", lang, time=duration(for_ms / 1000, lang))
        case Branch():
            return _branch(step, catalog, lang)
        case _:
            raise TypeError(f"no words for {step}")


def _case(step: OpenCase, catalog: Catalog, lang: Lang) -> str:
    due = str(step.due) if step.due else say("playbook.no-due", lang)
    section = catalog.departments[step.section].title.of(lang)
    said = [say("playbook.step-case", lang, section=section, title=step.title, due=due)]
    if step.checklist:
        said.append(say("playbook.step-checklist", lang, items=joined(step.checklist, lang)))
    return "\n".join(said)


def _command(step: Command, catalog: Catalog, lang: Lang) -> str:
    device = catalog.devices[step.device].title.of(lang)
    deadline = duration(step.deadline_ms / 1000, lang)
    said = [say("playbook.step-command", lang, device=device, values=set_words(step.set, lang), deadline=deadline)]
    if step.undo is not None:
        said.append(say("playbook.step-undo", lang, values=set_words(step.undo, lang)))
    if step.acts_alone:
        said.append(say("playbook.step-alone", lang))
    return joined(said, lang)


def _approve(step: Approve, lang: Lang) -> str:
    within = duration(step.within_ms / 1000, lang)
    if step.business_hours:
        within = say("playbook.step-hours", lang, within=within)
    roles = " → ".join(say(f"access.role.{role}", lang) for role in step.ladder)
    return say("playbook.step-approve", lang, roles=roles, within=within, question=step.question)


def _branch(step: Branch, catalog: Catalog, lang: Lang) -> str:
    said = []
    if step.severity is not None:
        said.append(say("playbook.when-severity", lang, severity=step.severity))
    if step.schedule:
        said.append(say("playbook.when-schedule", lang, schedule=written(step.schedule)))
    if step.site:
        names = joined((catalog.sites[one].title.of(lang) for one in sorted(step.site)), lang)
        said.append(say("playbook.when-site", lang, names=names))
    if step.area:
        names = joined((catalog.areas[one].title.of(lang) for one in sorted(step.area)), lang)
        said.append(say("playbook.when-area", lang, names=names))
    return say("playbook.step-branch", lang, when=joined(said, lang))
