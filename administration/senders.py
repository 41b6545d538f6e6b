"""Which way a delivery goes: webhooks to endpoints, messages to channels."""

from administration.deliveries import CHANNEL
from administration.outcome import Outcome
from administration.ports import Sender


class Senders:
    """Implements `administration.ports.Sender` by those of its two kinds."""

    def __init__(self, webhooks: Sender, channels: Sender) -> None:
        self._webhooks = webhooks
        self._channels = channels

    async def send(self, endpoint: str, key: str, body: bytes) -> Outcome:
        """One attempt. Never raises."""
        if endpoint.startswith(CHANNEL):
            return await self._channels.send(endpoint.removeprefix(CHANNEL), key, body)
        return await self._webhooks.send(endpoint, key, body)
