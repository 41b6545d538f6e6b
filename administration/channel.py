"""Where a channel of `notify` leads: addresses of mail and chat services as Apprise writes them.

An address has its password or token in it. So it shows nowhere: not in a record's repr, not in a message, not in what
Apprise says of its work, which is kept out of the log.
"""

import logging
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from city.errors import UserError
from city.value import near

if TYPE_CHECKING:
    from apprise import AppriseAsset, NotifyBase

# Threads in which services are talked to; what libraries say there is kept out of the log.
THREADS: Final = "notify"
_SCHEMA: Final = re.compile(r"([a-zA-Z0-9]{1,32})://")
_PARTS: Final = re.compile(r"[/:@?&=+#,\s]+")
_SHORTEST_PART: Final = 3  # of a secret, to be worth hiding; shorter ones are words' own letters
_QUIET: Final = ("oauthlib", "requests_oauthlib", "requests", "markdown")


class ChannelError(UserError):
    """A channel leads nowhere that a message could be sent to."""


@dataclass(frozen=True, slots=True)
class Channel:
    """The addresses of one channel: a message to it goes to each of them."""

    urls: tuple[str, ...] = field(repr=False)

    @classmethod
    def read(cls, text: str, *, channel: str, file: str) -> "Channel":
        """From a file's text, an address a line; empty lines and those that begin with `#` are passed over.

        channel, file: for the message. Raises ChannelError with the line, and nothing of what stands there.
        """
        lines = {n: line.strip() for n, line in enumerate(text.splitlines(), 1)}
        urls = {n: line for n, line in lines.items() if line and not line.startswith("#")}
        if not urls:
            raise ChannelError("channel.empty", channel=channel, file=file)
        for n, url in urls.items():
            if service(url) is None:
                raise _wrong(url, {"channel": channel, "file": file, "line": n})
        return cls(tuple(urls.values()))

    @property
    def services(self) -> tuple[str, ...]:
        """How the services are called, in the order of the addresses: `Slack`."""
        return tuple(_name(service(url)) for url in self.urls)


def service(url: str, key: str | None = None) -> "NotifyBase | None":
    """What sends to that address, fresh: Apprise's own are not meant for several threads. None: it is no address.

    key: goes with the message as the header `Idempotency-Key` where the service has headers (mail, JSON, XML, forms)
    """
    # Loads every service that it knows, which takes seconds: only a city that has channels waits for it.
    _keep_quiet()
    from apprise import Apprise  # noqa: PLC0415

    found = Apprise.instantiate(url, asset=_asset())
    headers = getattr(found, "headers", None)
    if key is not None and isinstance(headers, dict):
        headers["Idempotency-Key"] = key
    return found


def redacted(url: str, said: str) -> str:
    """What was said about sending to `url`, without anything that stands in it."""
    _, _, rest = url.partition("://")
    written = _PARTS.split(rest)
    # Also as it is meant: services speak of `p@ss` where the address has `p%40ss`.
    for part in sorted({*written, *map(unquote, written)}, key=len, reverse=True):
        if len(part) >= _SHORTEST_PART:
            said = re.sub(re.escape(part), "…", said, flags=re.IGNORECASE)
    return said


def _asset() -> "AppriseAsset":
    from apprise import AppriseAsset  # noqa: PLC0415  as above

    return AppriseAsset(
        app_id="Megane",  # who a mail is from, where the address does not say
        app_desc="Megane",
        app_url="",
        image_url_mask="",  # messages of a city fetch no pictures from elsewhere
        image_url_logo="",
        async_mode=False,
        service_timeout=0,  # we have a limit, and threads, of our own
    )


def _name(found: "NotifyBase | None") -> str:
    return str(getattr(found, "service_name", "?"))


def _wrong(url: str, where: dict[str, object]) -> ChannelError:
    from apprise.manager_plugins import NotificationManager  # noqa: PLC0415  as above

    schema = _SCHEMA.match(url)
    if schema is None:
        return ChannelError("channel.no_url", **where)
    known: set[str] = set(NotificationManager().schemas())  # type: ignore[no-untyped-call]  # it has no types
    name = schema[1].lower()
    if name in known or name in {"http", "https"}:
        return ChannelError("channel.incomplete", service=name, **where)
    return ChannelError("channel.unknown_service", service=name, near=near(name, known) or "mailtos", **where)


def _keep_quiet() -> None:
    """Apprise's log goes nowhere, that of what it uses nowhere from our threads: addresses stand in both."""
    apprise = logging.getLogger("apprise")
    if not apprise.propagate:
        return
    apprise.propagate = False
    apprise.addHandler(logging.NullHandler())
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("urllib3.connectionpool").addFilter(_is_not_ours)


def _is_not_ours(record: logging.LogRecord) -> bool:
    return not (record.threadName or "").startswith(THREADS)
