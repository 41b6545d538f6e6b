"""What fuzzing begins with: expressions and rules that people wrote, and what once was found."""

from pathlib import Path

from alerts.engine import Engine
from alerts.functions import FUNCTIONS
from tests.fuzz.targets import CITY
from tests.support.rule_city import rule_text

SABAE = Path(__file__).parents[2] / "cities" / "sabae" / "rules"


def seeds(target: str) -> list[bytes]:
    """Inputs of a target."""
    expressions = [example.expression for function in FUNCTIONS.values() for example in function.examples]
    conditions = [f"{text} >= 5 and not (last() < level('caution') or age() > 2)" for text in expressions]
    match target:
        case "expression":
            return [text.encode() for text in (*expressions, *conditions)]
        case "rule_file":
            written = [file.read_bytes()[:4_096] for file in sorted(SABAE.glob("*.yaml"))]
            return [*written, *(rule_text(raise_=f"{text} > 1").encode() for text in expressions)]
        case "engine":
            return [text.encode().ljust(120, b" ") + bytes(range(240)) for text in conditions]
        case "snapshot":
            return [Engine("town", CITY, ()).snapshot()]
        case _:
            raise AssertionError(target)
