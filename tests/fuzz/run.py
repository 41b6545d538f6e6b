"""`python -m tests.fuzz.run TARGET SECONDS CORPUS`: one target under libFuzzer, in a process of its own.

An exception that is not the project's own, an input that takes longer than `SLOW_S`, or more than `MEMORY_MB` ends it
with a status other than 0, and the input that did it lies in the folder of the corpus.
"""

import sys
from pathlib import Path

import atheris

SLOW_S = 10  # of 4 KB of rules on a machine that has other work: a hundred times what they take
MEMORY_MB = 1_024  # the interpreter with NumPy takes 150
LONGEST = 4_096 + 512  # past the longest expression


def main() -> None:
    name, seconds, corpus = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    with atheris.instrument_imports(include=["alerts", "city", "ingest"]):
        from tests.fuzz.targets import TARGETS
    atheris.Setup(
        [
            sys.argv[0],
            f"-max_total_time={seconds}",
            f"-timeout={SLOW_S}",
            f"-rss_limit_mb={MEMORY_MB}",
            f"-max_len={LONGEST}",
            f"-artifact_prefix={corpus}/found-",
            "-print_final_stats=1",
            "-verbosity=0",
            str(corpus),
        ],
        TARGETS[name],
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main()
