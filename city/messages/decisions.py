"""Texts of what people decide about alerts: the API and the commands."""

from collections.abc import Mapping
from typing import Final

from city.messages.text import Text

TEXTS: Final[Mapping[str, Text]] = {
    "decisions.no-alert": Text(
        ja="「{rule}」が「{subject}」で出した警報は見つかりません。名前と時刻を確かめてください（/v1/alerts）。",
        en="There is no alert of `{rule}` on `{subject}`. Check names and time (/v1/alerts).",
    ),
    "decisions.no-silence": Text(
        ja="「{id}」という通知停止はありません（`megane silence list`）。",
        en="There is no silence `{id}` (`megane silence list`).",
    ),
    "decisions.unknown": Text(
        ja="{what}「{found}」はありません。近いもの: {near}。",
        en="There is no {what} `{found}`. The nearest: {near}.",
    ),
    "decisions.rule": Text(ja="規則", en="rule"),
    "decisions.subject": Text(ja="系列", en="series"),
    "decisions.area": Text(ja="地区", en="area"),
    "decisions.silence-all": Text(
        ja="何を止めるかを書いてください（規則、系列、地区、重さのどれか）。すべてを止めることはできません。",
        en="Say what is to be silenced: rules, subjects, areas or a severity. Everything at once cannot be.",
    ),
    "decisions.silence-span": Text(
        ja="終わりは、いま、または始まりより後で、始まりから {days} 日以内にしてください。",
        en="The end must lie after now and after the beginning, at most {days} days after it.",
    ),
    "decisions.silence-endless": Text(
        ja="終わりの時刻（to）か、曜日・時間帯（schedule）のどちらかを書いてください。",
        en="Give it an end (`to`) or a schedule.",
    ),
    "decisions.not-running": Text(
        ja="{home} では都市が動いていません。--home を確かめてください。",
        en="No city is running on {home}. Check --home.",
    ),
    "decisions.done": Text(
        ja="記録しました（ジャーナル {position} 番）。", en="Recorded (entry {position} of the journal)."
    ),
    "decisions.not-pairs": Text(
        ja="警報は「規則 対象」の組で書いてください（「{last}」の相手がありません）。例: river-caution rpi-toba:water_level",
        en="Write alerts as pairs of rule and subject (`{last}` has no other half), such as river-caution rpi-toba:water_level",
    ),
    "decisions.raised-of-one": Text(
        ja="--raised は警報が 1 つのときだけ使えます。", en="--raised is for one alert alone."
    ),
    "decisions.not-all": Text(
        ja="{all} 件のうち {missing} 件は記録できませんでした。", en="{missing} of {all} were not recorded."
    ),
    "decisions.silenced": Text(ja="通知を止めました: {id}", en="Silenced: {id}"),
    "decisions.no-silences": Text(ja="いま止めている通知はありません。", en="Nothing is silenced now."),
    "decisions.column-id": Text(ja="番号", en="id"),
    "decisions.column-what": Text(ja="対象", en="what"),
    "decisions.column-from": Text(ja="始まり", en="from"),
    "decisions.column-to": Text(ja="終わり", en="to"),
    "decisions.column-by": Text(ja="だれが", en="by"),
    "decisions.column-text": Text(ja="理由", en="why"),
    "decisions.help-alerts": Text(
        ja="警報について決めたことを、動いている都市に記録します。",
        en="Records what people decide about alerts, in the running city.",
    ),
    "decisions.help-ack": Text(
        ja="警報を確認済みにします（だれかが見て、対応している）。\n\n"
        "例:\n\n- `megane alerts ack river-caution rpi-toba:water_level`\n\n"
        "- `megane alerts ack river-caution rpi-toba:water_level --by '鯖江 太郎' --text '現地へ向かう'`\n\n"
        "- `megane alerts ack river-caution rpi-toba:water_level river-standby rpi-kitanaka:water_level`（まとめて）",
        en="Acknowledges an alert: somebody has seen it and takes care.\n\n"
        "Examples:\n\n- `megane alerts ack river-caution rpi-toba:water_level`\n\n"
        "- `megane alerts ack river-caution rpi-toba:water_level --by 'Taro' --text 'on my way'`\n\n"
        "- `megane alerts ack river-caution rpi-toba:water_level river-standby rpi-kitanaka:water_level` (several)",
    ),
    "decisions.help-assign": Text(
        ja="警報の担当者を決めます。\n\n例:\n\n- `megane alerts assign river-caution rpi-toba:water_level --to '鯖江 花子'`",
        en="Says who takes care of an alert.\n\nExamples:\n\n- `megane alerts assign river-caution rpi-toba:water_level --to Hanako`",
    ),
    "decisions.help-comment": Text(
        ja="警報に一言添えます。\n\n例:\n\n- `megane alerts comment river-caution rpi-toba:water_level '水門を閉めた'`",
        en="Puts words beside an alert.\n\nExamples:\n\n- `megane alerts comment river-caution rpi-toba:water_level 'gate closed'`",
    ),
    "decisions.help-close": Text(
        ja="理由を付けて警報を閉じます。条件が続いていても、一度偽になるまで同じ対象では出ません。終わった警報にも後から理由を付けられます。\n\n"
        "理由: true_alarm（本当の異常）、false_alarm（誤報）、test（試験・訓練）、maintenance（点検・工事）\n\n"
        "例:\n\n- `megane alerts close river-caution rpi-toba:water_level --reason false_alarm --text '流木'`",
        en="Closes an alert for a reason. Where its condition holds on, it is not raised again before that was once false. "
        "One that has resolved can be given its reason afterwards.\n\n"
        "Reasons: true_alarm, false_alarm, test, maintenance\n\n"
        "Examples:\n\n- `megane alerts close river-caution rpi-toba:water_level --reason false_alarm --text driftwood`",
    ),
    "decisions.help-silence": Text(
        ja="警報の知らせを止めます。状態は変わり続け、終わったときにまだ続いている警報は知らせます。",
        en="Holds back what alerts would tell. Their states go on; what still fires when it is over is told then.",
    ),
    "decisions.help-add": Text(
        ja="知らせを止めます。一度だけ（--for、または --from と --to）か、曜日・時間帯（--schedule、時刻は日本時間）で。\n\n"
        "例:\n\n- `megane silence add --area kawada --severity 2 --for 2h --text '橋の工事'`\n\n"
        "- `megane silence add --rule co2-high --schedule '{{days: [sat, sun], holidays: true}}'`",
        en="Silences alerts: once (--for, or --from and --to) or by schedule (in the time of Japan unless it says another zone)."
        "\n\nExamples:\n\n- `megane silence add --area kawada --severity 2 --for 2h --text 'work on the bridge'`\n\n"
        "- `megane silence add --rule co2-high --schedule '{{days: [sat, sun], holidays: true}}'`",
    ),
    "decisions.help-list": Text(
        ja="いま、またはこれから止める知らせの一覧。\n\n例:\n\n- `megane silence list`\n\n- `megane silence list --all --json`",
        en="What is silenced, now or later.\n\nExamples:\n\n- `megane silence list`\n\n- `megane silence list --all --json`",
    ),
    "decisions.help-lift": Text(
        ja="知らせの停止を終えます。まだ続いている警報はすぐに知らせます。\n\n例:\n\n- `megane silence lift 0a1b2c3d4e5f`\n\n"
        "- `megane silence lift 0a1b2c3d4e5f 5f4e3d2c1b0a`（まとめて）",
        en="Ends a silence; what still fires is told at once.\n\nExamples:\n\n- `megane silence lift 0a1b2c3d4e5f`\n\n"
        "- `megane silence lift 0a1b2c3d4e5f 5f4e3d2c1b0a` (several)",
    ),
    "decisions.option-alerts": Text(
        ja="警報の規則（`:no-data` も可）と対象（device:sensor）。いくつでも並べられる",
        en="the alert's rule (`:no-data` too) and subject (device:sensor), as many as wanted",
    ),
    "decisions.option-alerts-text": Text(
        ja="警報の規則と対象。いくつでも並べられる。最後に一言",
        en="rule and subject of each alert, and the words at the end",
    ),
    "decisions.option-raised": Text(
        ja="警報が始まった時刻。既定は最新の警報", en="when it was raised; default: the newest"
    ),
    "decisions.option-by": Text(ja="決めた人の名前。既定はログイン名", en="who decides; default: the login name"),
    "decisions.option-text": Text(ja="一言", en="in their words"),
    "decisions.option-key": Text(
        ja="この決定の合言葉。同じものを二度送っても一度になる", en="the decision's key: sent twice, it is one"
    ),
    "decisions.option-assignee": Text(ja="担当者の名前", en="who takes care of it"),
    "decisions.option-reason": Text(
        ja="true_alarm、false_alarm、test、maintenance のどれか", en="true_alarm, false_alarm, test or maintenance"
    ),
    "decisions.option-rule": Text(ja="この規則の警報（繰り返し可）", en="alerts of this rule (may be repeated)"),
    "decisions.option-subject": Text(ja="この系列の警報（繰り返し可）", en="alerts on this series (may be repeated)"),
    "decisions.option-area": Text(ja="この地区の警報（繰り返し可）", en="alerts in this area (may be repeated)"),
    "decisions.option-severity": Text(ja="この重さまでの警報", en="alerts up to this severity"),
    "decisions.option-from": Text(ja="始まり（ISO 8601）。既定はいま", en="when it begins (ISO 8601); default: now"),
    "decisions.option-to": Text(ja="終わり（ISO 8601）", en="when it ends (ISO 8601)"),
    "decisions.option-for": Text(ja="続く長さ（90m、2h など）", en="how long it lasts (90m, 2h, …)"),
    "decisions.option-schedule": Text(
        ja="曜日・時間帯・祝日。規則の schedule と同じ書き方", en="hours of the week, as `schedule` of a rule"
    ),
    "decisions.option-all": Text(ja="終わったものも", en="those that are over, too"),
}
