"""Every key that a rule may have, for the reference and for editors. A test holds it to what is read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from city.messages.text import Text


@dataclass(frozen=True, slots=True)
class RuleKey:
    """text: what it says; example: as it is written; default: as it is written, empty where there is none."""

    text: Text
    example: str
    default: str = ""
    required: bool = False


RULE_KEYS: Final[Mapping[str, RuleKey]] = {
    "id": RuleKey(
        Text(
            ja="規則の名前(英小文字、数字、- _)。一つの都市で一つ。",
            en="The rule's name: a-z, 0-9, - _. One in a city.",
        ),
        "river-evacuation",
        required=True,
    ),
    "title": RuleKey(
        Text(ja="人に見せる題。日本語と英語。", en="What people read, in Japanese and English."),
        "{ja: 避難判断水位に到達, en: River at evacuation-decision level}",
        required=True,
    ),
    "owner": RuleKey(
        Text(ja="担当課(カタログの id)。", en="The department that has it (its id)."), "bosai", required=True
    ),
    "select": RuleKey(
        Text(
            ja="対象の系列: quantity(必須)と、area river site series による絞り込み。",
            en="Which series it looks at: `quantity` (required), narrowed by `area`, `river`, `site`, `series`.",
        ),
        "{quantity: water_level, area: [kawada, kitanakayama]}",
        required=True,
    ),
    "raise": RuleKey(
        Text(ja="警報を始める条件(式)。", en="The condition that raises the alert (an expression)."),
        'last() >= level("evacuation")',
        required=True,
    ),
    "for": RuleKey(
        Text(
            ja="条件がこの時間だけ続いたら警報にする(30d まで)。",
            en="How long the condition must hold before it fires (30d at most).",
        ),
        "10m",
        "0",
    ),
    "clear": RuleKey(
        Text(
            ja="警報を終える条件(式)。なければ raise が偽になったとき。raise が真の間は終わらない。",
            en="The condition that ends it (an expression); without it, that `raise` is false. Raise beats clear.",
        ),
        'max(30m) < level("evacuation") - 0.10',
    ),
    "hold": RuleKey(
        Text(ja="少なくともこの時間は警報を続ける(30d まで)。", en="It stays firing at least this long (30d at most)."),
        "20m",
        "0",
    ),
    "flaps": RuleKey(
        Text(
            ja="上下を繰り返す警報をまとめる: `within`(7d まで)の間に `limit` 回目(3〜20)の発報が始まると"
            "「上下を繰り返し中」と印を付けて発報を続け、raise が `within` の間一度も真にならず"
            "clear が真になったときに終える。",
            en="Holds what comes and goes: when firing begins for the `limit`-th time (3 to 20) within `within` (7d at "
            "most), the alert is marked flapping and fires on until `raise` was not true for `within` and `clear` is.",
        ),
        "{limit: 4, within: 1h}",
    ),
    "severity": RuleKey(
        Text(
            ja="重さ 1〜5(この都市の尺度)。`{3: 条件, 4: 条件}` と書けば、警報の間、真である条件のうち最も重いもの"
            "(不明なら前のまま、どれも偽なら最も軽いもの)になり、変わるたびに知らせる。",
            en="How grave it is, 1 to 5, by the city's own scale. With `{3: condition, 4: condition}` it is, while "
            "it fires, the highest whose condition is true (unknown: as it was; none: the lowest). Changes are told.",
        ),
        "3",
        required=True,
    ),
    "alert_level": RuleKey(
        Text(
            ja="警戒レベル相当 1〜5。洪水、土砂災害、高潮のみ。",
            en="The national alert level 1 to 5; floods, landslides and surges only.",
        ),
        "3",
    ),
    "no_data": RuleKey(
        Text(
            ja="系列がこの時間黙ったら「規則:no-data」の警報を出す(30d まで)。",
            en="Raises `<id>:no-data` when a series is silent for this long (30d at most).",
        ),
        "2h",
    ),
    "act_within": RuleKey(
        Text(
            ja="これより遅れて決まった警報は、機器を動かさず、人を起こさない。"
            "ただし、データが追いついても警報が続いていれば動かす。通知(webhook)は必ず送る。",
            en="What is decided later than this moves no actuator and wakes nobody, unless the alert still fires once "
            "its series has caught up. A webhook always goes.",
        ),
        "1h",
        "1h",
    ),
    "quality": RuleKey(
        Text(ja="見る測定値: good(bad 以外のすべて)または any。", en="What it sees: `good` (all but bad) or `any`."),
        "good",
        "good",
    ),
    "numbers": RuleKey(
        Text(
            ja='式から number("名前") で読む数。カタログでセンサーごとに上書きできる。',
            en='Numbers that expressions read by `number("name")`; the catalog may override them for a sensor.',
        ),
        "{limit: 0.3}",
    ),
    "by": RuleKey(
        Text(
            ja="グループの作り方: `river`、`area`、`site` が同じ系列ごと。なければ選んだすべてで一つ。",
            en="What makes a group: series of the same `river`, `area` or `site`; without it, all that is selected.",
        ),
        "river",
    ),
    "schedule": RuleKey(
        Text(
            ja="いつ働くか: days(mon〜sun)、times(22:00-6:00 は翌朝まで)、dates(月/日-月/日)、holidays"
            "(true: 日本の祝日も、false: 祝日を除く)、zone。書いたものすべてに合うとき。並べれば、どれかに合うとき。"
            "時間外では raise は偽。no_data は時間外も見張る。",
            en="When it looks: `days` (mon to sun), `times` (22:00-6:00 reaches into the next day), `dates` "
            "(month/day-month/day), `holidays` (`true`: those of Japan too, `false`: never on one), `zone`; all that "
            "is given must fit, and of a list any. Outside, `raise` is false; `no_data` is watched for at all hours.",
        ),
        "{days: [mon, tue, wed, thu, fri], times: 7:30-16:30, holidays: false, zone: Asia/Tokyo}",
    ),
    "inhibits": RuleKey(
        Text(
            ja="この規則が発報している間、同じ対象で知らせを止める規則の名前。状態は変わり続け、終わった後も続いていれば知らせる。",
            en="Rules whose alerts on the same subject are told to nobody while this one fires there. Their states go "
            "on; what still fires afterwards is told then.",
        ),
        "[river-caution]",
    ),
    "shadow": RuleKey(
        Text(
            ja="true なら試行: 動くが、誰にも知らせず、何も始めない。`megane shadow report` が結果を比べる。",
            en="`true`: on trial. It runs and tells nobody, and starts nothing; `megane shadow report` compares it.",
        ),
        "false",
        "false",
    ),
    "playbook": RuleKey(Text(ja="警報が始める業務の名前。", en="The business that the alert starts."), "flood-3"),
    "tests": RuleKey(
        Text(
            ja="規則とともに置くテスト。`megane rules test` が実行する。",
            en="Tests that stand with the rule; `megane rules test` runs them.",
        ),
        '[{readings: {"rpi-toba:water_level": "0m 5.0, 10m 5.7"}, expect: [{at: 10m, state: pending}]}]',
    ),
}
