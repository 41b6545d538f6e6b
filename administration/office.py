"""What every clerk has at hand: the catalog and the playbooks in force, whom one can write to, and for how long."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from administration.cloud_event import alert_title
from administration.course import Course
from administration.playbook import BUILT_IN, TELL_SUBSCRIBERS, Playbook, load_playbook
from administration.ports import Addresses, Channels, InForce
from administration.retry import Retry
from administration.steps.webhook import Webhook
from city.alert import ACT_WITHIN_MS, NO_DATA, AlertEvent, AlertState
from city.catalog import Catalog
from city.errors import MistakesError
from city.messages.text import Text
from city.rule import Rule

_log = logging.getLogger(__name__)
_KEPT: Final = 200  # playbooks as parsed: those in force, and the versions that open runs began with


class Office:
    """Shared by all who carry out runs. Safe to ask from the threads of the database.

    unaddressed: told of an endpoint that is to hear something and has no address in the settings
    """

    def __init__(
        self,
        in_force: InForce,
        addresses: Addresses,
        *,
        retry: Retry | None = None,
        channels: Channels | None = None,
        unaddressed: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._in_force = in_force
        self._addresses = addresses
        self._channels = channels
        self._unaddressed = unaddressed
        self._tell_subscribers = load_playbook(TELL_SUBSCRIBERS, "tell-subscribers")
        self._courses: dict[str, tuple[Playbook, Course]] = {}
        self.retry: Final = retry or Retry()

    @property
    def catalog(self) -> Catalog:
        """The catalog in force."""
        return self._in_force.catalog()

    @property
    def playbooks(self) -> Mapping[str, Playbook]:
        """Those in force, by id."""
        return self._in_force.playbooks()

    @property
    def in_force(self) -> InForce:
        """All that is in force."""
        return self._in_force

    def rule(self, event: AlertEvent) -> Rule | None:
        """The rule that the event came from; None for alerts of the system, and rules that are gone."""
        return self._in_force.rule(event.rule.removesuffix(NO_DATA))

    def title(self, event: AlertEvent) -> Text:
        """What the event's alert is called."""
        return alert_title(event.rule, self.rule(event))

    def section(self, event: AlertEvent) -> str:
        """Whose business the event is; empty for what concerns the whole city."""
        return self.section_of(event.rule)

    def section_of(self, rule: str) -> str:
        """Whose business the alerts of a rule are; empty for what concerns the whole city."""
        known = self._in_force.rule(rule.removesuffix(NO_DATA))
        return "" if known is None else known.owner

    def playbook(self, event: AlertEvent) -> Playbook:
        """What an alert starts that this is the first event of.

        An alert of which one hears only now that it is over is told to those who subscribed and moves nothing else; so
        is that a sensor is silent: nobody is to be evacuated because a gauge is broken.
        """
        rule = self.rule(event)
        silent = event.rule.endswith(NO_DATA)
        if rule is None or rule.playbook is None or silent or event.to_state is not AlertState.FIRING:
            return self._tell_subscribers
        return self.playbooks.get(rule.playbook, self._tell_subscribers)

    def begins(self, playbook: Playbook, event: AlertEvent) -> bool:
        """Whether the event lets a run of that playbook begin, if it has not yet.

        What was found afterwards, or decided later than its rule's `act_within`, moves no device and wakes nobody,
        unless the alert still fires once its series has caught up (rules.md). To tell does neither.
        """
        if playbook.id in BUILT_IN:
            return True
        rule = self.rule(event)
        within_ms = ACT_WITHIN_MS if rule is None else rule.act_within_ms
        return event.to_state is AlertState.FIRING and (event.caught_up or not event.late(within_ms))

    def remember(self, playbook: Playbook) -> None:
        """It is in force: its text need not be read again."""
        if playbook.version not in self._courses:
            self._keep(playbook)

    def course(self, version: str, text: str) -> tuple[Playbook, Course]:
        """A playbook's text as it is carried out.

        Where a later version of the program does not understand it any more, the run goes on telling those who
        subscribed: one that cannot be read must not keep all others from being told.
        """
        known = self._courses.get(version)
        if known is not None:
            return known
        try:
            return self._keep(load_playbook(text, "playbook of a run"))
        except MistakesError as error:
            _log.error("a run's playbook is not understood any more, and it only tells now: %s", error)
            return self._keep(replace(self._tell_subscribers, version=version))

    def _keep(self, playbook: Playbook) -> tuple[Playbook, Course]:
        while len(self._courses) >= _KEPT:
            self._courses.pop(next(iter(self._courses)), None)
        known = (playbook, Course(playbook))
        self._courses[playbook.version] = known
        return known

    def reaches(self, channel: str) -> bool:
        """Whether the settings have a channel of that name."""
        return self._channels is not None and self._channels.channel(channel) is not None

    def receivers(self, webhook: Webhook, severity: int, section: str) -> tuple[str, ...]:
        """The endpoints that the step tells of something of that severity, as far as they can be reached."""
        named = webhook.receivers(severity, section or None, self.catalog)
        reachable = tuple(name for name in named if self._addresses.address(name) is not None)
        for name in set(named) - set(reachable):
            self._unaddressed(name)
        return reachable
