"""Whatever stands in a script: it is run, or what is wrong with it is told, and nothing else comes of it."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from alerts.script.file import read_script
from alerts.script.run import run_script
from city.errors import Mistake, MistakesError
from city.messages.text import Lang

HEADER = "sensor toba:water_level {delay: 1m}\nrule\n  id: high\n  raise: last() >= 5\n  for: 5m\n  no_data: 1h\n"
_TEXT = (
    "case load wait until expect reload restart outage sensor rule rules city start replay silence lift close assign "
    "acknowledge comment nothing else no other change warning firing pending inactive resolved since raised severity "
    "value peak told untold decided late timely reason false_alarm test to every arrives after bad suspect for subject "
    "area zone high high:no-data toba:water_level toba ieku:water_level system:zone-silent 0m 5m 10m1ms 20m 1h 5 -1 "
    "1e999 works , 、 # { } {delay: 2m} {times: 22:00-6:00} {levels: [} 2024-06-03T06:00+09:00"
)
WORDS = _TEXT.split(" ")
_word = st.one_of(st.sampled_from(WORDS), st.text(max_size=6))
_line = st.builds("{}{}".format, st.sampled_from(["", "", "", "  "]), st.lists(_word, max_size=7).map(" ".join))
_known = st.sampled_from(
    [
        "case one",
        "load 0m 5, 10m 4",
        "load 20m 5 arrives 30m",
        "load 5m 6 arrives 40m",
        "wait 1h",
        "restart",
        "outage 2h",
        "reload\n  id: high\n  raise: last() >= 4",
        "sensor ieku:water_level",
        "close false_alarm",
        "silence works for 1h",
        "lift works",
        "expect firing",
        "expect nothing else",
        "expect warning",
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(_line, _known, _known), max_size=14).map("\n".join))
@example("case one\nload 0m 5\nclose false_alarm\nexpect firing")
def test_a_script_is_run_or_told_what_is_wrong(text: str) -> None:
    mistakes: list[Mistake] = []
    script = read_script(HEADER + text, "a.rules-test", mistakes)
    if not mistakes:
        try:
            for result in run_script(script, None, {path: {} for path in script.rule_paths()}):
                assert result.diff() == "" or result.missed
        except MistakesError as wrong:
            mistakes += wrong.mistakes
    for mistake in mistakes:
        assert mistake.place.file == "a.rules-test"
        assert all(mistake.text(lang) for lang in Lang)
