"""One connection to the broker, by paho-mqtt in a thread of its own. It is made, is lost, and is never used again: what
must arrive lies in the spool.

Everything that happens to it is handed to whoever has it; nothing is decided here.
"""

import contextlib
import socket
import ssl
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.reasoncodes import ReasonCode

from city.errors import UserError
from city.wire.config import BrokerAddress
from edge.settings import Login, Tls

KEEPALIVE_S: Final = 30  # after half as much again without a word the connection counts as dead, on either side
CONNECT_S: Final = 15.0  # a modem in the hills takes some seconds
_QOS: Final = 1


class CertificatesError(UserError):
    """The files under [tls] cannot be used."""


@dataclass(frozen=True, slots=True)
class Ready:
    """It is connected and subscribed."""

    connection: "Connection"


@dataclass(frozen=True, slots=True)
class Lost:
    """It is gone, or never came about."""

    connection: "Connection"
    reason: str


@dataclass(frozen=True, slots=True)
class Came:
    """A message."""

    topic: str
    payload: bytes


Event = Ready | Lost | Came


class _Client(mqtt.Client):
    """Tells that its thread has ended. Where `select` fails (it takes no file beyond 1,024) paho calls nobody else."""

    ended: Callable[[], None] = staticmethod(lambda: None)

    def loop_forever(self, timeout: float = 1.0, retry_first_connection: bool = False) -> MQTTErrorCode:  # noqa: FBT001, FBT002  paho's
        """What paho's thread does."""
        try:
            return super().loop_forever(timeout, retry_first_connection)
        finally:
            self.ended()


class Connection:
    """Named after its device; what was not delivered to it waits in the broker."""

    def __init__(
        self,
        address: BrokerAddress,
        device: str,
        will: tuple[str, bytes],
        topics: Sequence[str],
        post: Callable[[Event], bool],
        *,
        tls: Tls | None = None,
        login: Login | None = None,
    ) -> None:
        """Begins to connect.

        post: called in any thread, at most once with `Lost`; whether it was taken, which it need not be at once


        Raises CertificatesError, or SettingsError for a password that cannot be read.
        """
        self._topics = list(topics)
        self._post = post
        self._is_lost = self._is_closed = False
        self._client = client = _Client(
            CallbackAPIVersion.VERSION2, client_id=device, clean_session=False, reconnect_on_failure=False
        )
        client.ended = lambda: self._lose("nobody listens to it any more")
        client.connect_timeout = CONNECT_S
        client.max_inflight_messages_set(0)  # the spool bounds what is out
        client.will_set(*will, qos=_QOS, retain=True)
        if login is not None:
            client.username_pw_set(login.username, login.password())
        if tls is not None:
            client.tls_set_context(tls_context(tls))
        client.on_connect = self._connected
        # paho calls this while it handles what went wrong, and hands it to nobody.
        client.on_connect_fail = lambda *_: self._lose(str(sys.exception() or "no connection"))
        client.on_subscribe = lambda *_: self._hand(Ready(self))
        client.on_disconnect = self._disconnected
        client.on_message = lambda _, __, message: self._hand(Came(message.topic, bytes(message.payload)))
        client.connect_async(address.host, address.port, KEEPALIVE_S)
        self._begin()

    def _begin(self) -> None:
        self._client.loop_start()

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Sends it, QoS 1, as long as the connection lasts."""
        self._client.publish(topic, payload, _QOS, retain)

    def close(self) -> None:
        """Ends it, after what was published so far. Blocking, for a second or so."""
        self._is_lost = self._is_closed = True
        self._client.disconnect()
        self._client.loop_stop()

    def drop(self) -> None:
        """Ends it as a loss of power does: the other side is told nothing. Blocking, for a second or so."""
        self._is_lost = self._is_closed = True
        self._cut()
        self._client.loop_stop()

    def _cut(self) -> None:
        """Breaks the line, in whichever thread; paho's own finds it broken."""
        line = self._client.socket()
        if isinstance(line, socket.socket):  # with TLS too
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def _connected(self, client: mqtt.Client, _data: Any, _flags: Any, code: ReasonCode, _properties: Any) -> None:
        if code.is_failure:
            self._lose(f"the broker refuses: {code}")
            return
        client.subscribe([(topic, _QOS) for topic in self._topics])

    def _disconnected(self, _client: mqtt.Client, _data: Any, _flags: Any, code: ReasonCode, _properties: Any) -> None:
        self._lose(str(code))

    def _lose(self, reason: str) -> None:
        if not self._is_lost:
            self._is_lost = True
            self._hand(Lost(self, reason))

    def _hand(self, event: Event) -> None:
        """Until it is taken, or nobody wants it any more: who closes waits for this thread."""
        while not self._is_closed and not self._post(event):
            pass


class NewConnection(Protocol):
    """How a connection is made: as `Connection` is."""

    def __call__(
        self,
        address: BrokerAddress,
        device: str,
        will: tuple[str, bytes],
        topics: Sequence[str],
        post: Callable[[Event], bool],
        *,
        tls: Tls | None = None,
        login: Login | None = None,
    ) -> Connection:
        """It begins to connect."""
        ...


def tls_context(tls: Tls) -> ssl.SSLContext:
    """TLS 1.2 and later, the city's own authority and no other, and our certificate. Raises CertificatesError."""
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_verify_locations(tls.authority)
        context.load_cert_chain(tls.certificate, tls.key)
    except (OSError, ssl.SSLError) as error:
        raise CertificatesError("edge.tls", problem=str(error)) from None
    return context
