"""What a rule says across series: over the members of a group, and of a named neighbour.

One literal table, so that everything there is to choose from is seen at a glance.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from city.messages.text import Text


@dataclass(frozen=True, slots=True)
class AcrossFunction:
    """How it is written, an example, and what it says. parameters: how many arguments it takes."""

    name: str
    signature: str
    parameters: int
    example: str
    text: Text


ACROSS: Final[Mapping[str, AcrossFunction]] = {
    function.name: function
    for function in (
        AcrossFunction(
            name="any",
            signature="any(condition)",
            parameters=1,
            example='any(last() >= level("danger"))',
            text=Text(
                ja="グループのどれか一つで条件が成り立つ。成り立つものがなく、わからないものがあれば、わからない。",
                en="The condition is true for a member of the group; unknown where it is true for none and unknown for "
                "one.",
            ),
        ),
        AcrossFunction(
            name="all",
            signature="all(condition)",
            parameters=1,
            example='all(last() >= level("caution"))',
            text=Text(
                ja="グループのすべてで条件が成り立つ。成り立たないものがなく、わからないものがあれば、わからない。",
                en="The condition is true for every member of the group; unknown where it is false for none and "
                "unknown for one.",
            ),
        ),
        AcrossFunction(
            name="at_least",
            signature="at_least(k, condition)",
            parameters=2,
            example='at_least(3, last() >= level("caution"))',
            text=Text(
                ja="グループの k 個以上で条件が成り立つ。わからないものしだいで変わるなら、わからない。",
                en="The condition is true for at least k members of the group; unknown where that hangs on members for "
                "which it is unknown.",
            ),
        ),
        AcrossFunction(
            name="max_over",
            signature="max_over(number)",
            parameters=1,
            example="max_over(sum(1h)) >= 30",
            text=Text(
                ja="グループの中で最大の数。わからない(NaN)ものは除き、すべてわからなければ NaN。",
                en="The greatest number in the group; members without one (NaN) are left out, and NaN where none has "
                "one.",
            ),
        ),
        AcrossFunction(
            name="sum_over",
            signature="sum_over(number)",
            parameters=1,
            example="sum_over(sum(1h)) >= 100",
            text=Text(
                ja="グループの数の合計。わからない(NaN)ものは除いて足すので、測定が欠けると小さくなる。"
                "すべてわからなければ NaN。",
                en="The sum over the group; members without a number (NaN) are left out, so it is too small while some "
                "are silent, and NaN where none has one.",
            ),
        ),
        AcrossFunction(
            name="of",
            signature='of("device:sensor", number)',
            parameters=2,
            example='of("rpi-imajo:water_level", delta(1h)) > 0.5',
            text=Text(
                ja='名前を挙げたセンサーの数。level("…") と attr("…") もそのセンサーのもの。対象は変わらない。',
                en='A number of the sensor that is named; level("…") and attr("…") in it are that sensor\'s too. The '
                "subject stays what it is.",
            ),
        ),
    )
}
