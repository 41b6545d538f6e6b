"""Texts of the rule language's reference (`alerts/reference.py`)."""

from collections.abc import Mapping
from typing import Final

from city.messages.text import Text

TEXTS: Final[Mapping[str, Text]] = {
    "reference.title": Text(ja="規則の書き方", en="How rules are written"),
    "reference.head": Text(
        ja="規則は `cities/<都市>/rules/*.yaml` に置きます。一つのファイルに一つ、または並べて書きます。`megane check` が誤りをすべて、"
        "場所と直し方とともに示し、`megane rules test` がテストを実行します。動いている都市には `megane rules reload` で適用します。\n\n"
        "このページは `megane rules reference` が関数の表から書いたもので、例はすべてテストとして実行されています。",
        en="Rules stand in `cities/<city>/rules/*.yaml`, one to a file or a list of them. `megane check` finds every mistake, "
        "with its place and what would be right; `megane rules test` runs their tests; `megane rules reload` brings them "
        "into force in a running city.\n\n"
        "This page is written by `megane rules reference` from the functions' own tables, and every example is run as a test.",
    ),
    "reference.keys": Text(ja="規則のキー", en="A rule's keys"),
    "reference.expressions": Text(ja="式", en="Expressions"),
    "reference.language": Text(
        ja="数、四則(`+ - * /`)、比較(`< <= > >= == !=`、`a < b < c` も)、`and or not`、括弧、下の関数と定数を使えます。期間は "
        "`90s 10m 1h 7d` のように書きます。式は {length} バイトまで、入れ子は {depth} 段まで。\n\n"
        "- 期間 d の窓は、時刻 t について (t − d, t] です。一つの系列で {samples} 件までの測定値を見ます。\n"
        "- 窓が空なら値はありません(`count` は 0)。有限でない結果や、設定のない基準値も値がありません。\n"
        "- 値のないものとの比較は「不明」です。`and or not` は三値論理に従います。不明では、継続時間は始まらず、戻らず、警報は終わりません。\n"
        "- 種類の違う数(水位と変化率など)は、比べることも足すこともできません。読み込むときに誤りになります。",
        en="Numbers, arithmetic (`+ - * /`), comparisons (`< <= > >= == !=`, also `a < b < c`), `and or not`, parentheses, and "
        "the functions and constants below. Durations are written `90s 10m 1h 7d`. An expression has {length} bytes and "
        "{depth} levels at most.\n\n"
        "- A window d at time t is (t − d, t]. It holds {samples} readings of a series at most.\n"
        "- An empty window has no value (`count` is 0). Results that are not finite and levels that are not set have none.\n"
        "- A comparison with no value is *unknown*; `and or not` follow Kleene. Unknown never starts or resets what is "
        "pending, and never clears.\n"
        "- Numbers of different kinds (a level and a rate) are neither compared nor added: a mistake when the rule is read.",
    ),
    "reference.constants": Text(ja="センサーごとの定数", en="Constants of a sensor"),
    "reference.functions": Text(ja="一つの系列の過去を見る関数", en="Functions of one series' past"),
    "reference.across": Text(ja="複数の系列を見る", en="Across series"),
    "reference.across-head": Text(
        ja="`any all at_least max_over sum_over` は、規則が選んだ系列のグループについて言います。`by: river`(または `area`、`site`)で"
        "一つの川に一つのグループになり、警報の対象は `river/hino` のような名前です。`by` がなければ zone ごとに選んだすべてが一つのグループで、"
        "対象の名前は zone です。`of` は名前を挙げた系列を見て、対象は変えません。\n\n"
        "- 一つのグループの系列は一つの zone に、`of` の系列は対象と同じ zone にあります。グループの規則では、系列の関数はこれらの中にだけ書けます。\n"
        "- 一番遅れる系列の `delay` を待って判定し、そこまでのどの測定値の時刻でも、窓が空になる時刻でも、ひとつずつ順に見ます。\n"
        "- そのあとで届いたものは、遅れて届いた値と同じく一分ごとに見直します。見直しで警報が出ることはあっても、出ている警報が消えることはありません。\n"
        "- `no_data` は系列ごとのままです。警報の最大値と根拠は、グループでは属する系列の、`of` の規則では対象自身の測定値です。",
        en="`any all at_least max_over sum_over` speak of a group of the series that the rule selects. With `by: river` (or "
        "`area`, `site`) each river is a group, and the subject of its alerts is named like `river/hino`; without `by`, all "
        "of a zone that is selected is one group, and its subject is named as the zone. `of` looks at the series that it "
        "names, and the subject stays what it is.\n\n"
        "- The series of a group lie in one zone, and a neighbour in that of the subject. In a rule about groups, functions "
        "of a series stand inside one of these only.\n"
        "- It is decided when the slowest of the series has had its `delay`, at the time of each reading of any of them and "
        "of each window that empties, one after the other.\n"
        "- What comes after that is looked at again once a minute, as late readings are: it may open alerts, and clears none "
        "that fire.\n"
        "- `no_data` stays a matter of each series. Peak and evidence of an alert are of the members' readings, with `of` "
        "of the subject's own.",
    ),
    "reference.gives": Text(ja="値は{kind}。", en="It gives {kind}."),
    "reference.nothing": Text(ja="値なし", en="no value"),
    "reference.resolution": Text(ja="分解能", en="resolution"),
    "reference.required": Text(ja="必須", en="required"),
    "reference.column-key": Text(ja="キー", en="key"),
    "reference.column-what": Text(ja="書き方", en="written"),
    "reference.column-meaning": Text(ja="意味", en="meaning"),
    "reference.column-default": Text(ja="なければ", en="default"),
    "reference.column-example": Text(ja="例", en="example"),
    "reference.column-readings": Text(ja="測定値", en="readings"),
    "reference.column-at": Text(ja="時点", en="at"),
    "reference.column-value": Text(ja="値", en="value"),
}
