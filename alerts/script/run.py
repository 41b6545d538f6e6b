"""Runs scripts: every case on an engine of its own."""

from alerts.script.case import RuleFiles, Script
from alerts.script.course import run_case
from alerts.script.outcome import CaseResult
from alerts.script.ready import make_ready
from city.catalog import Catalog
from city.errors import Mistake, MistakesError


def run_script(script: Script, city: Catalog | None, files: RuleFiles) -> list[CaseResult]:
    """What became of each case.

    city: the catalog of the script's city, for cases without sensors of their own; files: what its paths lead to
    Raises MistakesError for cases that cannot be run, before any is.
    """
    mistakes: list[Mistake] = []
    ready = [make_ready(case, script.file, city, files, mistakes) for case in script.cases]
    if mistakes:
        raise MistakesError([*dict.fromkeys(mistakes)])
    return [run_case(case, script.lines) for case in ready if case is not None]
