"""The one way in which something that travelled can be wrong."""

from city.errors import MeganeError
from city.quarantine import Reason


class WireError(MeganeError):
    """What arrived does not have the agreed form, and nothing of it can be used.

    reason: under which it belongs into the quarantine. The message is English, short, and safe to store and show.
    """

    def __init__(self, message: str, reason: Reason = Reason.UNDECODABLE) -> None:
        self.reason = reason
        super().__init__(message)
