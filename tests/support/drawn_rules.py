"""Rules as Hypothesis draws them, and the three gauges that they look at."""

from hypothesis import strategies as st

from city.override import Override
from city.rule import Rule
from tests.support.rule_city import MINUTE, gauge, rule, town

OVERRIDES = {
    "rule0": Override(for_ms=2 * MINUTE, numbers={"limit": 4.75}),
    "rule1": Override(hold_ms=90_000, no_data_ms=3 * MINUTE),
    "rule2": Override(for_ms=0, hold_ms=0, numbers={"limit": 6.0}),
}
SENSORS = (
    gauge("alpha", overrides=OVERRIDES),
    gauge("beta", levels={"caution": 4.5}, attributes={}, delay_ms=0),
    gauge("gamma", delay_ms=5 * MINUTE, levels={}, registered_ms=0),
)
CITY = town(SENSORS)


def joined(leaf: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Conditions out of these, by and, or, not."""
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.builds("({} and {})".format, inner, inner),
            st.builds("({} or {})".format, inner, inner),
            st.builds("not ({})".format, inner),
        ),
        max_leaves=3,
    )


WINDOW = st.sampled_from(["1m", "2m", "5m", "7m", "15m"])
VALUE = st.one_of(
    st.just("last()"),
    st.builds("{}({})".format, st.sampled_from(["mean", "min", "max", "sum", "delta", "median"]), WINDOW),
    st.builds("quantile({}, {})".format, WINDOW, st.sampled_from(["0", "0.25", "0.5", "1"])),
)
OTHER = st.builds("{}({})".format, st.sampled_from(["rate", "count", "flat"]), WINDOW)  # of kinds of their own
# What two ways of computing round differently is compared with numbers that it never is exactly.
ODD = st.sampled_from(["0.1237", "4.6171", "-1.339", "30.1"])
ROUNDED = st.one_of(
    st.builds("{}({})".format, st.sampled_from(["std", "slope", "ewma", "zscore"]), WINDOW),
    st.builds("forecast({}, {})".format, WINDOW, WINDOW),
    st.builds("quantile({}, 0.9)".format, WINDOW),
)
CONSTANT = st.sampled_from(["4", "4.5", "5", "5.25", "6", "0", "-1", "2", 'attr("offset")', 'number("limit")', "1/0"])
LEVEL = st.one_of(CONSTANT, st.sampled_from(['level("caution")', 'level("danger") - 0.5']))
TERM = st.one_of(
    VALUE,
    LEVEL,
    st.builds("({} {} {})".format, VALUE, st.sampled_from("+-"), st.one_of(VALUE, LEVEL)),
    st.builds("({} {} {})".format, VALUE, st.sampled_from("*/"), CONSTANT),
)
OPERATOR = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
COMPARE = st.one_of(
    st.builds("{} {} {}".format, VALUE, OPERATOR, LEVEL),
    st.builds("{} {} {}".format, OTHER, OPERATOR, CONSTANT),
    st.builds("{} {} {}".format, TERM, OPERATOR, TERM),
    st.builds("{} {} {} {} {}".format, VALUE, st.sampled_from("*/"), st.one_of(VALUE, OTHER), OPERATOR, CONSTANT),
    st.builds("{} < {} <= {}".format, CONSTANT, VALUE, LEVEL),
    st.builds("{} {} {}".format, ROUNDED, st.sampled_from("<>"), ODD),
    st.builds("age() {} {}".format, OPERATOR, st.sampled_from(["0", "0.05", "0.1", "1/30", 'attr("offset") / 10'])),
)
CONDITION = joined(COMPARE)
# One shape for several rules: their rows stand side by side in one plan, with a constant of their own in each place.
SHARED = st.one_of(
    st.builds("{} {} {{}}".format, VALUE, OPERATOR),
    st.builds("{{}} {} {} and {} {} {{}}".format, OPERATOR, VALUE, VALUE, OPERATOR),
    st.builds("not ({} {} {{}} or {{}} {} {})".format, VALUE, OPERATOR, OPERATOR, VALUE),
    st.builds("{} - {{}} {} {{}}".format, VALUE, OPERATOR),
    st.builds("({{}} {} {{}} or {} {} {})".format, OPERATOR, VALUE, OPERATOR, VALUE),
)
# The readings begin at 7:13:20 on a Wednesday in Tokyo, which is 17:13 on Tuesday in New York.
SCHEDULE = st.sampled_from(
    [
        "{times: 7:14-7:30}",
        "{times: ['7:14-7:15', '7:16-7:17', '7:20-9:00']}",
        "{days: wed, times: '0:00-7:16', holidays: false}",
        "[{times: '17:14-17:20', zone: America/New_York}, {days: [wed], times: 7:40-8:00}]",
        "{dates: 12/1-3/31}",
        "{days: [tue], times: 8:00-7:18}",
    ]
)
SHORT = st.sampled_from(["0", "30s", "1m", "3m", "10m"])
FLAPS = st.sampled_from(["{limit: 3, within: 30m}", "{limit: 3, within: 4m}", "{limit: 4, within: 1h}"])


@st.composite
def severities(draw: st.DrawFn, condition: st.SearchStrategy[str]) -> str:
    """Up to three, each with a condition."""
    named = draw(st.lists(st.integers(1, 5), min_size=1, max_size=3, unique=True))
    return "{" + ", ".join(f"{s}: '{draw(condition)}'" for s in named) + "}"


@st.composite
def rules(draw: st.DrawFn) -> list[Rule]:
    """One to four, often of one shape; the gauge alpha overrides numbers of the first three."""
    found = []
    shape = draw(st.none() | SHARED)
    for k in range(draw(st.integers(1, 4))):
        raises = draw(CONDITION) if shape is None else shape.format(draw(CONSTANT), draw(CONSTANT))
        keys: dict[str, object] = {"id": f"rule{k}", "raise": raises, "numbers": "{limit: 5.25}"}
        if draw(st.booleans()):
            keys["clear"] = draw(CONDITION)
        keys["for"], keys["hold"] = draw(SHORT), draw(SHORT)
        if draw(st.booleans()):
            keys["no_data"] = draw(st.sampled_from(["1m", "4m", "20m"]))
        if draw(st.integers(0, 2)) == 0:
            keys["flaps"] = draw(FLAPS)
        if draw(st.integers(0, 2)) == 0:
            keys["severity"] = draw(severities(CONDITION))
        if draw(st.integers(0, 2)) == 0:
            keys["schedule"] = draw(SCHEDULE)
        keys["quality"] = draw(st.sampled_from(["good", "any"]))
        found.append(rule(**keys))
    return found
