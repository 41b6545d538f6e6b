"""What can be read off the ingester at any moment, for Prometheus."""

from ingest.inbox import Inbox
from ingest.journal.writer import Journal
from ingest.meters import Meters
from ingest.store_writer import StoreWriter


def show_gauges(meters: Meters, inbox: Inbox, journal: Journal, store: StoreWriter) -> None:
    """Registers the gauges, once for each registry."""
    meters.gauge("megane_inbox_messages", "Messages that wait in the inbox", lambda: len(inbox))
    meters.gauge("megane_inbox_bytes", "Bytes that wait in the inbox", lambda: inbox.size_bytes)
    meters.gauge("megane_inbox_full", "1 while the source must stop reading", lambda: inbox.full)
    meters.gauge("megane_journal_position", "Newest entry of the journal", lambda: journal.tail.position)
    meters.gauge("megane_journal_bytes", "Bytes of the journal on disk", journal.size_bytes)
    meters.gauge("megane_quarantine_bytes", "Bytes that the quarantine takes", lambda: journal.quarantine_bytes)
    meters.gauge("megane_store_position", "Newest entry that the store holds", lambda: store.position)
    meters.gauge("megane_store_lag", "Entries that the store is behind the journal", lambda: store.lag)
