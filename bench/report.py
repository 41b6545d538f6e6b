"""`python -m bench.report`: brings bench/results.json and bench/machine.json into docs/performance.md."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from bench.line import Line
from bench.machine import Machine

FOLDER: Final = Path(__file__).parent
DOCUMENT: Final = FOLDER.parent / "docs" / "performance.md"
BEGIN, END = "<!-- bench: begin -->", "<!-- bench: end -->"


def main() -> None:
    lines = msgspec.json.decode((FOLDER / "results.json").read_bytes(), type=list[Line])
    machine = msgspec.json.decode((FOLDER / "machine.json").read_bytes(), type=Machine)
    text = DOCUMENT.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    DOCUMENT.write_text(f"{before}{BEGIN}\n{report(lines, machine)}\n{END}{after}", encoding="utf-8")
    print(DOCUMENT)


def report(lines: Sequence[Line], machine: Machine) -> str:
    """The machine in a sentence, the table, and why each line that misses its aim does."""
    programs = ", ".join(f"{name} {version}" for name, version in machine.programs.items())
    inputs = "small inputs (`QUICK=1`), one run of each" if machine.quick else "medians of five runs and more"
    where = (
        f"Measured on {machine.measured}: {machine.processor}, {machine.cores} cores, {machine.memory_gb:g} GB, "
        f"{machine.system}, Python {machine.python}; {programs}; {inputs}; load at the end {machine.load:g}."
    )
    out = [
        where,
        "",
        "| line; beside | value | unit | beside | ratio | aim | met |",
        "| --- | ---: | --- | ---: | ---: | --- | --- |",
    ]
    out += [
        f"| {line.line} | {line.value:,.10g} | {line.unit} | {_number(line.beside)} | {_number(line.ratio)} "
        f"| {line.aim} | {'yes' if line.met else '**no**'} |"
        for line in lines
    ]
    missed = [f"- {line.line}: {line.why}." for line in lines if not line.met]
    return "\n".join([*out, "", *(["What limits the lines that miss:", "", *missed] if missed else [])])


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.10g}"


if __name__ == "__main__":
    main()
