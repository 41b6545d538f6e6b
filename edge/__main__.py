"""`python -m edge --settings /etc/megane-edge/agent.toml`: the agent, until SIGTERM or Ctrl-C.

It ends with 0; with 75 where a command wants it to start anew (systemd does that); with 2 for what a person can mend.
"""

import argparse
import logging
import signal
import sys
import threading
from collections.abc import Collection
from pathlib import Path
from typing import Final

from city.errors import UserError
from edge.agent import Agent
from edge.language import language
from edge.settings import read_settings
from edge.wiring import wire

AGAIN: Final = 75  # EX_TEMPFAIL of sysexits.h
DEFAULT: Final = "/etc/megane-edge/agent.toml"


def main() -> int:
    """Parses the command line, and runs."""
    parser = argparse.ArgumentParser(
        prog="python -m edge",
        description="めがねの装置側エージェント / Megane's agent on a device",
        epilog="例 / example: python -m edge --settings /etc/megane-edge/agent.toml",
    )
    parser.add_argument("--settings", default=DEFAULT, help=f"設定ファイル / the settings (TOML; {DEFAULT})")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    try:
        agent = wire(read_settings(Path(arguments.settings)))
    except UserError as error:
        print(error.text(language()), file=sys.stderr)  # noqa: T201  whoever started it reads this
        return 2
    # In a thread of its own: what a handler does in the midst of the main thread must not wait for that thread's locks.
    signals = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    threading.Thread(target=_end_on, args=(signals, agent), name="signals", daemon=True).start()
    return AGAIN if agent.run() else 0


def _end_on(signals: Collection[signal.Signals], agent: Agent) -> None:
    signal.sigwait(signals)
    agent.stop()


if __name__ == "__main__":
    sys.exit(main())
