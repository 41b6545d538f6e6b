"""Where `notify` leads: the settings' channels with the addresses from their files, and a trial of one."""

import asyncio
import secrets
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from administration.channel import Channel, ChannelError
from administration.notifier import Notifier
from administration.outcome import Delivered, Outcome, outcome_name
from administration.playbook import Playbook
from administration.steps.notify import Notify
from administration.steps.step import PlaybookStep
from city.catalog_file import load_catalog
from city.errors import UserError
from city.messages import CATALOGUE, say
from city.messages.text import Lang
from megane.city_files import read_folder
from megane.settings import Settings, read_secret


class TrialError(UserError):
    """A trial message was not taken."""


class SettingsChannels:
    """Implements `administration.ports.Channels`."""

    def __init__(self, channels: Mapping[str, Channel]) -> None:
        self._channels = channels

    def channel(self, name: str) -> Channel | None:
        """None where the settings name none."""
        return self._channels.get(name)


def read_channels(channels: Mapping[str, str]) -> SettingsChannels:
    """The channels of `[channels]`. Raises a UserError naming channel and file, with nothing of what stands in it."""
    return SettingsChannels(
        {name: Channel.read(read_secret(file), channel=name, file=file) for name, file in channels.items()}
    )


def unnamed_channels(settings: Settings, playbooks: Mapping[str, Playbook]) -> Sequence[str]:
    """Channels that playbooks name and the settings do not: nothing can be sent there."""
    every = (step for one in playbooks.values() for step in _steps((*one.steps, *one.on_resolve)))
    named = {name for step in every if isinstance(step.step, Notify) for name in step.step.to}
    return sorted(named - settings.channels.keys())


class _Tried(msgspec.Struct, frozen=True):
    channel: str
    services: Sequence[str]
    outcome: str
    reason: str
    answer: str
    reference: str


def run_try(settings: Settings, name: str, *, as_json: bool, lang: Lang) -> None:
    """Sends a trial message, and prints what became of it. Raises TrialError where it was not taken."""
    if name not in settings.channels:
        raise ChannelError("channel.unknown", channel=name[:80], known=", ".join(settings.channels) or "-")
    channels = read_channels({name: settings.channels[name]})
    city = load_catalog(read_folder(Path(settings.city), "catalog"), settings.mqtt.root).title
    key = secrets.token_hex(4)
    text = CATALOGUE["channel.trial"].of(lang).format(city=city.of(lang), channel=name)
    outcome = asyncio.run(_send(channels, name, key, text))
    channel = channels.channel(name)
    services = channel.services if channel is not None else ()
    told = {"channel": name, "services": ", ".join(services)}
    if as_json:
        tried = _Tried(name, services, outcome_name(outcome), outcome.reason, outcome.answer, key)
        print(msgspec.json.encode(tried).decode())  # noqa: T201  the command's result
    elif isinstance(outcome, Delivered):
        print(say("channel.delivered", lang, **told, key=key))  # noqa: T201  the command's result
    if not isinstance(outcome, Delivered):
        reason = CATALOGUE[f"administration.reason_{outcome.reason}"]
        raise TrialError("channel.failed", **told, reason=reason, answer=outcome.answer)


async def _send(channels: SettingsChannels, name: str, key: str, text: str) -> Outcome:
    async with Notifier(channels) as notifier:
        return await notifier.send(name, key, text.encode())


def _steps(steps: Sequence[PlaybookStep]) -> Iterator[PlaybookStep]:
    """Every one of them, with those that stand within."""
    for step in steps:
        yield step
        for block in step.step.blocks.values():
            yield from _steps(block)
