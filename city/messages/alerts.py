"""Texts of `alerts`."""

from collections.abc import Mapping
from typing import Final

from city.messages.text import Text

TEXTS: Final[Mapping[str, Text]] = {
    # alerts/tokens.py, alerts/expression.py: what is wrong in an expression
    "alerts.expression_too_long": Text(
        ja="式が長すぎます(上限 {limit} バイト)。条件を複数のルールに分けてください。({column} 文字目)",
        en="The expression is too long (at most {limit} bytes). Divide it into several rules. (column {column})",
    ),
    "alerts.expression_too_deep": Text(
        ja="式の {column} 文字目で入れ子が深すぎます(上限 {limit} 段)。括弧を減らすか、ルールを分けてください。",
        en="Column {column} of the expression: nested too deeply (at most {limit}). Use fewer parentheses or more rules.",
    ),
    "alerts.expression_empty": Text(
        ja="式が空です。例: last() >= 5.6({column} 文字目)",
        en="The expression is empty. Write one, for example `last() >= 5.6`. (column {column})",
    ),
    "alerts.expression_character": Text(
        ja="式の {column} 文字目の「{character}」は使えません。使えるのは数・期間・関数・四則・比較・and or not・括弧です。",
        en="Column {column} of the expression: `{character}` means nothing here. Use numbers, durations, functions, "
        "+ - * /, comparisons, and or not, parentheses.",
    ),
    "alerts.expression_character_near": Text(
        ja="式の {column} 文字目の「{character}」は使えません。「{meant}」ではありませんか。",
        en="Column {column} of the expression: `{character}` means nothing here. Did you mean `{meant}`?",
    ),
    "alerts.expression_word": Text(
        ja="式の {column} 文字目の「{word}」は使えません。条件をつなぐのは and、or、not だけです。",
        en="Column {column} of the expression: `{word}` is not part of this language. Only and, or, not join conditions.",
    ),
    "alerts.expression_syntax": Text(
        ja="式の {column} 文字目が読めません。括弧の対応、演算子の前後、関数の書き方を確かめてください。",
        en="Column {column} of the expression cannot be read. Check parentheses, both sides of operators and functions.",
    ),
    "alerts.expression_duration": Text(
        ja="式の {column} 文字目の期間「{duration}」は使えません。1 秒の千分の一から 400 日まで、例: 90s 10m 1h 7d。",
        en="Column {column} of the expression: `{duration}` is no duration from 1 ms to 400 days, such as 90s 10m 1h 7d.",
    ),
    "alerts.expression_duration_alone": Text(
        ja="式の {column} 文字目: 期間は関数の引数にだけ書けます。age() との比較は時間数で書いてください(例: age() > 2)。",
        en="Column {column} of the expression: a duration stands only in a function. Compare age() with hours: age() > 2.",
    ),
    "alerts.expression_text_alone": Text(
        ja='式の {column} 文字目: 引用符の文字は level("…") と attr("…") の中にだけ書けます。',
        en='Column {column} of the expression: quoted text stands only in level("…") and attr("…").',
    ),
    "alerts.expression_number": Text(
        ja="式の {column} 文字目の数が大きすぎます。",
        en="Column {column} of the expression: the number is too large.",
    ),
    "alerts.expression_not_condition": Text(
        ja="式が条件になっていません。比較を書いてください。例: last() >= 5.6({column} 文字目)",
        en="The expression is a number, not a condition. Compare it, for example `last() >= 5.6`. (column {column})",
    ),
    "alerts.expression_need_number": Text(
        ja="式の {column} 文字目には数が要りますが、条件が書かれています。",
        en="Column {column} of the expression: a number is needed here, not a condition.",
    ),
    "alerts.expression_need_condition": Text(
        ja="式の {column} 文字目には条件が要りますが、数が書かれています。比較(>= など)を書いてください。",
        en="Column {column} of the expression: a condition is needed here, not a number. Compare it (>= and so on).",
    ),
    "alerts.expression_lookup": Text(
        ja='式の {column} 文字目: {function} には引用符で囲んだ名前を一つ書いてください。例: {function}("danger")',
        en='Column {column} of the expression: {function} takes one quoted name, for example {function}("danger").',
    ),
    "alerts.expression_arguments": Text(
        ja="式の {column} 文字目: {signature} の形で書いてください。例: {example}",
        en="Column {column} of the expression: write {signature}, for example {example}.",
    ),
    "alerts.expression_duration_needed": Text(
        ja="式の {column} 文字目: {function} の {parameter} には期間をそのまま書いてください。例: {example}",
        en="Column {column} of the expression: {parameter} of {function} is a duration, written out: {example}.",
    ),
    "alerts.expression_number_needed": Text(
        ja="式の {column} 文字目: {function} の {parameter} には {low} から {high} の数をそのまま書いてください。例: {example}",
        en="Column {column} of the expression: {parameter} of {function} is a number from {low} to {high}, written out: {example}.",
    ),
    "alerts.expression_whole_needed": Text(
        ja="式の {column} 文字目: {function} の {parameter} には {low} から {high} の整数をそのまま書いてください。例: {example}",
        en="Column {column} of the expression: {parameter} of {function} is a whole number from {low} to {high}, written out: "
        "{example}.",
    ),
    "alerts.expression_dimensions": Text(
        ja="式の {column} 文字目: {left}と{right}は比べることも足すこともできません。"
        '同じ種類の数にしてください。例: last() >= level("danger")、rate(1h) > 0.5',
        en="Column {column} of the expression: {left} and {right} are neither compared nor added. Use numbers of one kind: "
        'last() >= level("danger"), rate(1h) > 0.5.',
    ),
    "alerts.expression_clock": Text(
        ja="式の {column} 文字目: age() は定数とだけ、そのまま比較できます。例: age() > 2",
        en="Column {column} of the expression: age() is compared with a constant only, and as it is: age() > 2.",
    ),
    "alerts.expression_nested": Text(
        ja="式の {column} 文字目: {function} は、ほかのセンサーを見る関数の中には書けません。外に出して and / or でつないでください。",
        en="Column {column} of the expression: {function} cannot stand inside a function that looks across series. Put it "
        "beside it and join the two with and / or.",
    ),
    "alerts.expression_outside": Text(
        ja="式の {column} 文字目: グループのルールでは、{function} をどのセンサーについて言うのか決まりません。"
        "any、all、at_least、max_over、sum_over、of のどれかの中に書いてください。例: {example}",
        en="Column {column} of the expression: in a rule about a group, {function} must say whose. Put it inside any, all, "
        "at_least, max_over, sum_over or of, for example {example}.",
    ),
    "alerts.expression_unknown": Text(
        ja="式の {column} 文字目の「{function}」という関数はありません。使えるもの: {known}",
        en="Column {column} of the expression: there is no `{function}`. There are: {known}",
    ),
    "alerts.expression_unknown_near": Text(
        ja="式の {column} 文字目の「{function}」という関数はありません。「{known}」ではありませんか。",
        en="Column {column} of the expression: there is no `{function}`. Did you mean `{known}`?",
    ),
    # alerts/rule_file.py
    "alerts.inhibits_unknown": Text(
        ja="inhibits の「{found}」という規則はありません。近いもの: {near}。",
        en="`inhibits` names `{found}`, which is no rule. The nearest: {near}.",
    ),
    "alerts.inhibits_cycle": Text(
        ja="inhibits が一回りしています({cycle})。互いに止め合うと、だれにも知らせが届きません。どれか一つを外してください。",
        en="`inhibits` goes in a circle ({cycle}): they would silence each other. Take one of them out.",
    ),
    "alerts.rule_flaps_within": Text(
        ja="within は 0 より長く、7d までの期間にしてください。例: 1h。",
        en="`within` must be longer than 0 and at most 7d, for example 1h.",
    ),
    "alerts.rule_twice": Text(
        ja="ルール「{rule}」は {first} にもあります。どちらかの id を変えてください。",
        en="There is a rule `{rule}` at {first} already. Change one of the two ids.",
    ),
    "alerts.rule_no_data": Text(
        ja="no_data は 0 より長い期間にしてください。例: 2h。監視しないときは行ごと取り除きます。",
        en="no_data must be longer than 0, for example 2h. To watch for no silence, remove the line.",
    ),
    "alerts.rule_duration": Text(
        ja="「{key}」が長すぎます(上限 {limit})。",
        en="`{key}` is too long (at most {limit}).",
    ),
    "alerts.rule_selects_nothing": Text(
        ja="ルール「{rule}」に当てはまるセンサーが一つもありません。select を確かめてください。",
        en="Rule `{rule}` matches no sensor. Check its select.",
    ),
    "alerts.rule_by_alone": Text(
        ja="by はグループを作るときだけ書きます。raise に any、all、at_least、max_over、sum_over のどれかを使うか、"
        "by の行を取り除いてください。",
        en="`by` is for rules about groups. Use any, all, at_least, max_over or sum_over in raise, or remove this line.",
    ),
    "alerts.rule_by_several": Text(
        ja="by には river、area、site のうち一つだけを書いてください。",
        en="`by` takes one of river, area, site.",
    ),
    "alerts.rule_outside": Text(
        ja="raise と clear は同じ対象について書きます。片方がグループの条件なので、{function} は any、all、at_least、"
        "max_over、sum_over、of のどれかの中に書いてください。({column} 文字目から)",
        en="raise and clear are about the same subject. One of them is about a group, so put {function} inside any, all, "
        "at_least, max_over, sum_over or of. (from column {column})",
    ),
    "alerts.rule_zones": Text(
        ja="複数のセンサーを見るルールの対象は、一つの zone に収めてください。いまの対象: {zones}。"
        "select を area などで絞るか、zone ごとのルールに分けます。({column} 文字目から)",
        en="All that a rule across series looks at lies in one zone. This one selects {zones}: narrow its select, or write "
        "a rule for each. (from column {column})",
    ),
    "alerts.rule_neighbour": Text(
        ja="式の {column} 文字目: 「{found}」というセンサーはありません。近いもの: {near}",
        en="Column {column} of the expression: there is no sensor `{found}`. The nearest is: {near}",
    ),
    "alerts.rule_neighbour_zone": Text(
        ja="式の {column} 文字目: 「{found}」は別の zone({zone})にあります。同じ zone のセンサーだけを見られます。",
        en="Column {column} of the expression: `{found}` lies in another zone ({zone}). A rule looks at one zone only.",
    ),
    "alerts.rule_units": Text(
        ja="式の {column} 文字目: {left} と {right} は単位が違い、比べることも足すこともできません。",
        en="Column {column} of the expression: {left} and {right} have different units; they are neither compared nor "
        "added.",
    ),
    "alerts.rule_at_least": Text(
        ja="at_least({count}, …) は決して成り立ちません。一番大きなグループでもセンサーは {largest} 個です。"
        "数を減らすか、select と by を確かめてください。({column} 文字目から)",
        en="at_least({count}, …) can never be true: the largest group has {largest} sensors. Use a smaller number, or check "
        "select and by. (from column {column})",
    ),
    "alerts.rule_no_group": Text(
        ja="ルール「{rule}」に当てはまるセンサーのどれにも {by} がなく、グループが一つもできません。",
        en="No sensor that rule `{rule}` matches has a {by}: there is no group.",
    ),
    "alerts.rule_lookup": Text(
        ja='式の {column} 文字目: {kind}("{name}") を持つセンサーが、対象の中に一つもありません。あるもの: {known}',
        en='Column {column} of the expression: no selected sensor has {kind}("{name}"). There are: {known}',
    ),
    "alerts.rule_number": Text(
        ja="{column} 文字目: この規則の numbers に「{name}」がありません(あるもの: {known})。",
        en="Column {column}: `numbers` of this rule has no `{name}` (there is: {known}).",
    ),
    # alerts/terms.py
    "alerts.override_elsewhere": Text(
        ja="規則「{rule}」は {sensor} を対象にしていません。ここでの上書きは効きません。規則の select を確かめてください。",
        en="The rule `{rule}` does not select {sensor}: overriding it here does nothing. Check the rule's `select`.",
    ),
    "alerts.override_no_data": Text(
        ja="規則「{rule}」には no_data がありません。規則に no_data を書いてから上書きしてください。",
        en="The rule `{rule}` has no `no_data` to be overridden. Give it one first.",
    ),
    "alerts.override_severity": Text(
        ja="規則「{rule}」の severity は条件ごとに決まります。センサーごとには上書きできません。",
        en="The severities of the rule `{rule}` come with conditions; they cannot be overridden for a sensor.",
    ),
    "alerts.severity_level": Text(
        ja="severity の名前は 1 から 5 の数にしてください。いまは「{found}」です。例: {{3: last() >= 5, 4: last() >= 6}}",
        en="A severity is a number from 1 to 5; found `{found}`. Such as {{3: last() >= 5, 4: last() >= 6}}.",
    ),
    "alerts.severity_empty": Text(
        ja="severity が空です。1 から 5 の数か、{{3: 条件, 4: 条件}} を書いてください。",
        en="`severity` is empty. Give a number from 1 to 5, or severities with conditions as {{3: …, 4: …}}.",
    ),
    "alerts.override_number": Text(
        ja="規則「{rule}」の numbers に「{name}」がありません(近いもの、またはあるもの: {known})。",
        en="`numbers` of the rule `{rule}` has no `{name}` (nearest, or what there is: {known}).",
    ),
    "alerts.override_rule": Text(
        ja="規則「{rule}」がありません(近いもの: {near})。この上書きは効きません。",
        en="There is no rule `{rule}` (nearest: {near}): this override does nothing.",
    ),
    "alerts.rule_window": Text(
        ja="期間が長すぎます。{every} 秒ごとのセンサーでは {limit} 件、つまり約 {hours} 時間までです。"
        "短くするか、センサーの attributes に interval_s(測定間隔、秒)を書いてください。",
        en="The window is too long: for a sensor that sends every {every} s at most {limit} readings, about {hours} h. "
        "Shorten it, or give the sensor an attribute interval_s (seconds between readings).",
    ),
    # alerts/rule_test.py
    "alerts.test_state": Text(
        ja="「{found}」という状態はありません。inactive、pending、firing、resolved のどれかにしてください。",
        en="There is no state `{found}`. Use one of inactive, pending, firing, resolved.",
    ),
    "alerts.test_series": Text(
        ja="「{found}」というセンサーはありません。近いもの: {near}",
        en="There is no sensor `{found}`. The nearest is: {near}",
    ),
    "alerts.test_readings": Text(
        ja='測定値「{found}」が読めません。例: "0m 5.0, 10m 5.7"(時刻は昇順)',
        en='Readings `{found}` cannot be read. Write them as "0m 5.0, 10m 5.7", in order of time.',
    ),
    "alerts.test_subject": Text(
        ja="このテストの対象は一つに決まりません。expect に subject を書いてください。"
        "例: subject: device:sensor、グループのルールでは subject: river/hino。",
        en="This test has not one subject. Give each expectation its own: `subject: device:sensor`, or that of a group, "
        "`subject: river/hino`.",
    ),
    # alerts/snapshot.py
    "alerts.snapshot_broken": Text(
        ja="ルールエンジンのスナップショットが壊れています({reason})。ジャーナルの先頭から計算し直せば復元できます。",
        en="The rule engine's snapshot is broken ({reason}). It can be computed anew from the journal's beginning.",
    ),
    "alerts.snapshot_format": Text(
        ja="ルールエンジンのスナップショットの形式 {found} は、この版(形式 {known})では読めません。",
        en="The rule engine's snapshot has format {found}; this version reads format {known}.",
    ),
}
