"""Texts of tuning a rule."""

from collections.abc import Mapping
from typing import Final

from city.messages.text import Text

TEXTS: Final[Mapping[str, Text]] = {
    "tune.help": Text(
        ja="規則の数・水位・時間を一つ選び、値を変えながら過去の観測値に通します。実際に起きたことと照らして、適合率（正しい警報の割合）、"
        "再現率（知らせることができた出来事の割合）、どれだけ前に知らせたかを、値ごとに示します。\n\n"
        "変えるもの: `--number 5.2`（式の中の数、または numbers: の名前）、`--level evacuation`（その水位に足す高さ）、"
        "`--duration for`（for、hold、または式の中の 30m など）。\n\n"
        '実際に起きたこと（--target）: 出来事の表（CSV か YAML。subject,start,end,real）、`level("evacuation")`'
        "（その水位に達した時を出来事とする）、または `closings`（警報を閉じた時の理由）。\n\n"
        "例:\n\n- `megane tune rules/river.yaml --target floods.csv --number 5.2 --values 4.8:5.6:0.1 --from 2024-01-01 --to 2025-01-01`\n\n"
        "- `megane tune river-rise --target 'level(\"caution\")' --duration 30m --values 10m,30m,1h,2h --over fukui-river "
        "--from 2024-01-01 --to 2025-01-01`\n\n"
        "- `megane tune river-evacuation --target floods.csv --level evacuation --values=-0.5:0.2:0.1 --png curve.png`",
        en="Takes one number, level or duration of a rule through several values over readings of the past, and says for each: "
        "precision (of the alerts, how many were right), recall (of the events, how many were told), and how long before.\n\n"
        "What is varied: `--number 5.2` (a number in the expressions, or a name under numbers:), `--level evacuation` (what is "
        "added to that level), `--duration for` (for, hold, or a duration in the expressions such as 30m).\n\n"
        'What really happened (--target): a table of events (CSV or YAML: subject,start,end,real), `level("evacuation")`: '
        "whenever that level was reached, or `closings`: why people closed its alerts.\n\n"
        "Examples:\n\n- `megane tune rules/river.yaml --target floods.csv --number 5.2 --values 4.8:5.6:0.1 --from 2024-01-01 --to 2025-01-01`\n\n"
        "- `megane tune river-rise --target 'level(\"caution\")' --duration 30m --values 10m,30m,1h,2h --over fukui-river "
        "--from 2024-01-01 --to 2025-01-01`\n\n"
        "- `megane tune river-evacuation --target floods.csv --level evacuation --values=-0.5:0.2:0.1 --png curve.png`",
    ),
    "tune.option-rule": Text(ja="規則のファイル、または ID", en="file with one rule, or the id of one in force"),
    "tune.option-target": Text(
        ja='実際に起きたこと（CSV か YAML、level("名前")、closings）',
        en='what really happened (CSV or YAML, level("name"), closings)',
    ),
    "tune.option-values": Text(
        ja="試す値（4.8,5.0 のように並べるか、4.8:5.6:0.1 のように始め:終わり:刻み）",
        en="values to try (a list 4.8,5.0 or from:to:step 4.8:5.6:0.1)",
    ),
    "tune.option-number": Text(ja="変える数、または numbers: の名前", en="the number, or its name under numbers:"),
    "tune.option-level": Text(ja="変える水位の名前（値は足す高さ）", en="name of the level (values are added to it)"),
    "tune.option-duration": Text(
        ja="変える時間（for、hold、または式の中の 30m など）", en="for, hold, or a duration in the expressions (30m)"
    ),
    "tune.option-ahead": Text(
        ja="出来事のどれだけ前の警報まで、それを知らせたとみなすか",
        en="how long before an event an alert counts as telling of it",
    ),
    "tune.vary-one": Text(
        ja="何を変えますか。--number、--level、--duration のどれか一つを書いてください。",
        en="What is to be varied? Give one of --number, --level and --duration.",
    ),
    "tune.values": Text(
        ja="--values の {text} が読めません。4.8,5.0,5.2 か 4.8:5.6:0.1（始め:終わり:刻み）のように書いてください。",
        en="Cannot read {text} of --values. Write 4.8,5.0,5.2 or 4.8:5.6:0.1 (from:to:step).",
    ),
    "tune.duration": Text(
        ja="{text} は時間として読めません。0、90s、10m、1h、7d のように書いてください。",
        en="{text} is no duration. Write 0, 90s, 10m, 1h or 7d.",
    ),
    "tune.too-many": Text(
        ja="値が {count} 個あります（上限 {limit}）。刻みを大きくしてください。",
        en="There are {count} values (limit {limit}). Take larger steps.",
    ),
    "tune.one-rule": Text(
        ja="{name} には規則がいくつもあります（{rules}）。一度に調整できるのは一つです。ID で選ぶか、ファイルを分けてください。",
        en="{name} holds several rules ({rules}). One at a time can be tuned: choose it by id, or give it a file of its own.",
    ),
    "tune.no-number": Text(
        ja="規則 {rule} の numbers: に {name} はありません。あるもの: {known}",
        en="Rule {rule} has no {name} under numbers:. There are: {known}",
    ),
    "tune.no-such-piece": Text(
        ja="規則 {rule} の raise と clear に、その値はありません。あるもの: {known}",
        en="That value does not stand in raise or clear of rule {rule}. There are: {known}",
    ),
    "tune.no-level": Text(
        ja='規則 {rule} の raise と clear に level("{name}") はありません。あるもの: {known}',
        en='There is no level("{name}") in raise or clear of rule {rule}. There are: {known}',
    ),
    "tune.no-window": Text(
        ja="式の中の時間を {ms} ミリ秒にはできません。1s 以上の、秒の倍数にしてください。",
        en="A duration in an expression cannot be {ms} ms. Take whole seconds, 1s or more.",
    ),
    "tune.target": Text(
        ja='--target の {target} が読めません。level("evacuation") のように書いてください。',
        en='Cannot read {target} of --target. Write it like level("evacuation").',
    ),
    "tune.none-in-span": Text(
        ja="この期間に、{target} の出来事がありません。--from と --to、対象の名前（subject）を確かめてください。",
        en="No event of {target} begins in this span. Check --from and --to, and the events' subjects.",
    ),
    "tune.no-events": Text(ja="出来事が一つもありません。", en="There is no event in it."),
    "tune.columns": Text(
        ja="1 行目は {columns} の列名にしてください（[ ] は省けます）。",
        en="The first line must name the columns {columns} ([ ] may be left out).",
    ),
    "tune.cells": Text(
        ja="列の数が見出しと違います。{wanted} 列にしてください。",
        en="The number of cells is not that of the first line. There should be {wanted}.",
    ),
    "tune.flag": Text(
        ja="real は true か false です（{found} ではなく）。", en="`real` is true or false, not {found}."
    ),
    "tune.time": Text(
        ja="{found} は日時として読めません。2024-06-23T18:00 のように書いてください。",
        en="{found} is no time. Write 2024-06-23T18:00.",
    ),
    "tune.empty": Text(ja="subject、start、end はどれも必要です。", en="subject, start and end are all needed."),
    "tune.order": Text(ja="start は end より前にしてください。", en="`start` must lie before `end`."),
    "tune.headline": Text(ja="{title}（{rule}）: {varied} を変える", en="{title} ({rule}): {varied} varied"),
    "tune.over": Text(
        ja="{start} から {end} まで、観測値 {readings} 件。出来事 {events} 件（{target}）。",
        en="{start} to {end}, {readings} readings. {events} events ({target}).",
    ),
    "tune.how": Text(
        ja="適合率 = 正しい ÷（正しい + 誤り）、再現率 = 知らせた出来事 ÷ 出来事。早さは出来事の始まりから測り、負なら後です。",
        en="Precision = right / (right + wrong), recall = events told / events. Lead is before an event's beginning, negative: after.",
    ),
    "tune.now": Text(ja="* はいまの値です。", en="* is the value now."),
    "tune.column-value": Text(ja="値", en="value"),
    "tune.column-alerts": Text(ja="警報", en="alerts"),
    "tune.column-right": Text(ja="正しい", en="right"),
    "tune.column-wrong": Text(ja="誤り", en="wrong"),
    "tune.column-unknown": Text(ja="不明", en="unknown"),
    "tune.column-precision": Text(ja="適合率", en="precision"),
    "tune.column-recall": Text(ja="再現率", en="recall"),
    "tune.column-lead": Text(ja="早さ", en="lead"),
    "tune.column-hours": Text(ja="警報中\n（時間）", en="hours"),
    "tune.column-night": Text(ja="夜間の\n発生", en="at\nnight"),
    "tune.present": Text(ja="いま", en="now"),
    "tune.lead-hours": Text(ja="早さ（時間）", en="lead (hours)"),
    "tune.picture": Text(ja="値ごとの適合率・再現率と早さ", en="Precision, recall and lead by value"),
}
