"""What the API says to queries in the language of Prometheus."""

from collections.abc import Mapping
from typing import Final

from city.messages.text import Text

_SUBSET_JA: Final = (
    '使えるのは、名前{{ラベル="値"}} の選択(= != =~ !~)、avg/min/max/sum/count/last_over_time、'
    "+ - * /、avg/min/max/sum/count と by です。"
)
_SUBSET_EN: Final = (
    'There are selectors name{{label="value"}} with = != =~ !~, avg/min/max/sum/count/last_over_time, '
    "+ - * /, and avg/min/max/sum/count with `by`."
)

TEXTS: Final[Mapping[str, Text]] = {
    "promql.outside": Text(
        ja=f"{{column}} 文字目の「{{given}}」は、この都市が答える PromQL の範囲にありません。{_SUBSET_JA}",
        en=f"`{{given}}` at column {{column}} is outside the part of PromQL that this city answers. {_SUBSET_EN}",
    ),
    "promql.unexpected": Text(
        ja="{column} 文字目の「{given}」は読めません。ここに来るはずのもの: {expected}",
        en="`{given}` at column {column} cannot stand here. Expected: {expected}",
    ),
    "promql.unreadable": Text(
        ja="{column} 文字目からの「{given}」は読めません。閉じていない引用符や、余分な記号がないか確かめてください。",
        en="`{given}` from column {column} on cannot be read. Look for a quote left open or a stray sign.",
    ),
    "promql.query-long": Text(
        ja="式が長すぎます。{limit} 文字までにしてください。", en="The query is too long: at most {limit} characters."
    ),
    "promql.deep": Text(
        ja="{column} 文字目で、入れ子が {limit} 段を超えています。式を分けてください。",
        en="At column {column} the query nests deeper than {limit}. Split it.",
    ),
    "promql.operators": Text(
        ja="{column} 文字目で演算子が {limit} 個を超えます。分けて問い合わせてください。",
        en="At column {column} the query has more than {limit} operators. Split it.",
    ),
    "promql.escape": Text(
        ja="{column} 文字目の「{given}」は文字を表しません。「\\」そのものは「\\\\」と書きます。",
        en="`{given}` at column {column} stands for no character. Write `\\\\` for a backslash itself.",
    ),
    "promql.selects-all": Text(
        ja="{column} 文字目の選択は何にでも当てはまります。名前か、空でない値のラベルを一つ書いてください。",
        en="The selector at column {column} fits everything. Give a name, or one label that is not empty.",
    ),
    "promql.selector-expected": Text(
        ja="match[] には選択だけを書けます(例: water_level)。書かれたもの: {given}",
        en="match[] takes a selector only, like water_level. Given: {given}",
    ),
    "promql.pattern": Text(
        ja="正規表現「{pattern}」の「{letter}」は使えません。使えるのは a|b、.、.*、.+ と \\ による打ち消しです。",
        en="`{letter}` in the pattern `{pattern}` is not taken. There are a|b, ., .*, .+ and \\ before a sign.",
    ),
    "promql.pattern-long": Text(
        ja="正規表現が長すぎます。{limit} 文字までにしてください。",
        en="The pattern is too long: at most {limit} characters.",
    ),
    "promql.missing": Text(ja="「{name}」がありません。付けてください。", en="`{name}` is missing. Give it."),
    "promql.span": Text(
        ja="start({start})が end({end})より後です。入れ替えてください。",
        en="start ({start}) lies after end ({end}). Swap them.",
    ),
    "promql.step": Text(
        ja="step「{step}」は正の秒数か 30s、10m、1h の形で書いてください。",
        en="step `{step}` must be a positive number of seconds, or like 30s, 10m, 1h.",
    ),
    "promql.points": Text(
        ja="{points} 点になります。{limit} 点までです。step を大きくするか、期間を短くしてください。",
        en="That is {points} points; at most {limit} are given. Make step longer or the span shorter.",
    ),
    "promql.samples": Text(
        ja="観測値が {limit} 個を超えます。センサーを絞るか、期間を短くしてください。",
        en="That takes more than {limit} readings. Select fewer sensors or a shorter span.",
    ),
    "promql.days": Text(
        ja="{limit} 日より前まで見ることになります。期間か [ ] を短くしてください。",
        en="That looks back more than {limit} days. Make the span or the window shorter.",
    ),
    "promql.cells": Text(
        ja="{series} 系列 × {steps} 点は多すぎます(積が {limit} まで)。センサーを絞るか、step を大きくしてください。",
        en="{series} series at {steps} moments are too much (at most {limit} multiplied). "
        "Select fewer sensors or make step longer.",
    ),
    "promql.values": Text(
        ja="答えが {values} 個の値になります。{limit} 個までです。まとめる(avg by など)か、step を大きくしてください。",
        en="The answer would have {values} values; at most {limit} are given. Join series (avg by ...) or make step longer.",
    ),
    "promql.windows": Text(
        ja="重なる期間の観測値を {limit} 回より多く読むことになります。step を大きくするか、[ ] の期間を短くしてください。",
        en="Overlapping windows would read more than {limit} samples. Make step longer or the window shorter.",
    ),
    "promql.not-one-to-one": Text(
        ja="名前を除くとラベルが同じ系列が二つあり、一対一に対応しません。名前かラベルで絞ってください。",
        en="Two series agree in all labels but the name and cannot be matched one to one. Select by name or label.",
    ),
    "promql.aggregates-number": Text(
        ja="{function} は系列をまとめるもので、数には使えません。", en="{function} joins series; it takes no number."
    ),
    "promql.no-such-path": Text(
        ja="「{path}」はありません。query、query_range、series、labels、label/…/values、metadata があります。",
        en="There is no `{path}`. There are query, query_range, series, labels, label/…/values and metadata.",
    ),
    "promql.help-megane_level": Text(
        ja="センサーの基準(カタログの値)", en="Named thresholds of a sensor, as in the catalog"
    ),
    "promql.help-megane_alert_firing": Text(ja="警報が出ている間 1", en="1 while an alert fires"),
}
