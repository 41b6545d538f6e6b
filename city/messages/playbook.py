"""Texts of `megane playbook`: the steps of a playbook in words, and what a dry run tells."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from city.messages.text import Text

TEXTS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "playbook.help": Text(
            ja="業務の手順書を見ます。試しに動かします(何も送らず、何も動かしません)。",
            en="Playbooks: look at them, and try them with nothing carried out.",
        ),
        "playbook.help-list": Text(
            ja="手順書を、それを始める規則とともに並べます。\n\n例:\n\n- `megane playbook list`\n\n- `megane playbook list --city cities/sabae --json`\n\n"
            "終了コード:0 = 並べた、1 = ファイルに誤りがある、2 = 引数の誤り",
            en="Lists playbooks, with the rules that start them.\n\nExamples:\n\n- `megane playbook list`\n\n"
            "- `megane playbook list --city cities/sabae --json`\n\nExit status: 0 listed, 1 a mistake in a file, 2 wrong usage",
        ),
        "playbook.help-show": Text(
            ja="手順書を 1 つ、手順ごとに場所(steps.2 など)を付けて見せます。\n\n例:\n\n- `megane playbook show river-3`\n\n"
            "終了コード:0 = 見せた、1 = その手順書がない、ファイルに誤りがある、2 = 引数の誤り",
            en="Shows one playbook, each step with its place (as steps.2).\n\nExamples:\n\n- `megane playbook show river-3`\n\n"
            "Exit status: 0 shown, 1 no such playbook or a mistake in a file, 2 wrong usage",
        ),
        "playbook.help-try": Text(
            ja="手順書を最初から最後まで試します。だれに何を知らせ、どの課にどの案件を開き、どの機器を動かし、だれに尋ねるかを時刻とともに見せます。"
            "実際には何も送らず、何も動かしません。\n\n"
            "答えを指定しない承認は「承認」、機器は「実行」とします。\n\n例:\n\n"
            "- `megane playbook try river-3`\n\n"
            "- `megane playbook try river-3 --rule river-evacuation --subject rpi-toba:water_level --at 2026-12-31T22:00`\n\n"
            "- `megane playbook try river-3 --answer steps.2=rejected`\n\n"
            "- `megane playbook try river-3 --answer steps.2=none --resolved-after 2h`(だれも答えず、2 時間後に警報が解除)\n\n"
            "- `megane playbook try river-3 --answer steps.2=approved@20m`(20 分後に承認)\n\n"
            "- `megane playbook try underpass-closed --device steps.1.then.0=silent --json`\n\n"
            "終了コード:0 = 試した(途中で失敗や承認待ちがあっても)、1 = 試せない(名前やファイルの誤り)、2 = 引数の誤り",
            en="Tries a playbook from its first step to its last: who is told what, which case is opened where, which device is "
            "switched, who is asked, and when. Nothing is sent and nothing is switched.\n\n"
            "Approvals without an `--answer` are taken for approved, commands without a `--device` for done.\n\nExamples:\n\n"
            "- `megane playbook try river-3`\n\n"
            "- `megane playbook try river-3 --rule river-evacuation --subject rpi-toba:water_level --at 2026-12-31T22:00`\n\n"
            "- `megane playbook try river-3 --answer steps.2=rejected`\n\n"
            "- `megane playbook try river-3 --answer steps.2=none --resolved-after 2h` (nobody answers; the alert ends after 2 h)\n\n"
            "- `megane playbook try river-3 --answer steps.2=approved@20m` (after 20 minutes)\n\n"
            "- `megane playbook try underpass-closed --device steps.1.then.0=silent --json`\n\n"
            "Exit status: 0 tried (whatever came of it), 1 it could not be tried (a name, a mistake in a file), 2 wrong usage",
        ),
        "playbook.option-id": Text(ja="手順書の id", en="the playbook's id"),
        "playbook.option-rule": Text(
            ja="この規則の警報から始める(なければ、この手順書を挙げる最初の規則)",
            en="the rule whose alert starts it (else the first that names the playbook)",
        ),
        "playbook.option-subject": Text(
            ja="警報の対象 device:sensor、river/hino など(なければ、規則の最初の対象)",
            en="what the alert is about, device:sensor or river/hino (else the first that the rule looks at)",
        ),
        "playbook.option-severity": Text(ja="重大度 1–5(なければ規則のもの)", en="severity 1-5 (else the rule's)"),
        "playbook.option-answer": Text(
            ja="承認の答え 手順=approved|rejected|returned|none、@20m を付けるとその時間のあと(繰り返し可)",
            en="what comes of an approval, place=approved|rejected|returned|none, with @20m after so long; repeatable",
        ),
        "playbook.option-device": Text(
            ja="機器の答え 手順=done|refused|silent(繰り返し可)",
            en="what a device answers, place=done|refused|silent; repeatable",
        ),
        "playbook.option-resolved-after": Text(
            ja="警報が解除されるまでの時間 30m、2h、3d(なければ解除されない)",
            en="after how long the alert resolves, 30m, 2h, 3d (else it does not)",
        ),
        "playbook.option-at": Text(
            ja="警報の時刻、日本時間(なければ今)", en="when it is raised, in Japan's time (else now)"
        ),
        "playbook.unknown": Text(
            ja="手順書「{found}」はありません。{near}ある手順書は megane playbook list で見られます。",
            en='There is no playbook "{found}". {near}`megane playbook list` shows those that there are.',
        ),
        "playbook.near": Text(ja="{near} ですか。", en="Did you mean {near}? "),
        "playbook.unknown-rule": Text(
            ja="規則「{found}」はありません。規則の id は megane playbook show {playbook} に出ます。",
            en='There is no rule "{found}". `megane playbook show {playbook}` lists those that start it.',
        ),
        "playbook.unknown-subject": Text(
            ja="対象「{found}」はこの市にありません。device:sensor(例 {example})、river/、area/、site/ と名前、または区域の id で書いてください。",
            en='There is no subject "{found}" in this city. Write device:sensor (as {example}), river/, area/ or site/ and a name, '
            "or a zone's id.",
        ),
        "playbook.bad-answer": Text(
            ja="--answer「{found}」を読めません。steps.2=approved、rejected、returned、none のどれかに、要れば @20m を付けて書いてください。",
            en="`--answer {found}` cannot be read. Write steps.2=approved, rejected, returned or none, with @20m if need be.",
        ),
        "playbook.bad-device": Text(
            ja="--device「{found}」を読めません。steps.3=done、refused、silent のどれかで書いてください。",
            en="`--device {found}` cannot be read. Write steps.3=done, refused or silent.",
        ),
        "playbook.bad-at": Text(
            ja="時刻「{found}」を読めません。2026-12-31T22:00 のように、2099 年までの時刻を書いてください。",
            en="`{found}` is no time. Write it as 2026-12-31T22:00, before 2100.",
        ),
        "playbook.column-id": Text(ja="手順書", en="playbook"),
        "playbook.column-title": Text(ja="名前", en="title"),
        "playbook.column-steps": Text(ja="手順", en="steps"),
        "playbook.column-group": Text(ja="まとめ方", en="grouped"),
        "playbook.column-rules": Text(ja="始める規則", en="started by"),
        "playbook.column-time": Text(ja="時刻", en="when"),
        "playbook.column-place": Text(ja="場所", en="place"),
        "playbook.column-what": Text(ja="起きること", en="what happens"),
        "playbook.column-does": Text(ja="すること", en="what it does"),
        "playbook.rules-other": Text(ja="手順書を挙げない {count} の規則", en="the {count} rules that name none"),
        "playbook.rules-none": Text(ja="(職員が始める)", en="(staff start it)"),
        "playbook.alone": Text(ja="警報ごと", en="each alert"),
        "playbook.by": Text(ja="{by}(間が {window}まで)", en="{by}, gaps up to {window}"),
        "playbook.by-rule": Text(ja="規則", en="rule"),
        "playbook.by-subject": Text(ja="対象", en="subject"),
        "playbook.by-river": Text(ja="川", en="river"),
        "playbook.by-area": Text(ja="地区", en="area"),
        "playbook.by-site": Text(ja="場所", en="site"),
        "playbook.and": Text(ja="・", en=" and "),
        "playbook.comma": Text(ja="、", en=", "),
        "playbook.resolve": Text(ja="事案が終わると", en="When the incident is over"),
        "playbook.step-subscribed": Text(ja="購読している受信先に知らせる", en="Tells the endpoints that subscribed"),
        "playbook.step-webhook": Text(ja="{to} に知らせる", en="Tells {to}"),
        "playbook.step-notify": Text(ja="連絡網 {to} に送る「{text}」", en='Sends to the channels {to}: "{text}"'),
        "playbook.step-case": Text(
            ja="{section}に案件「{title}」を開く(期限 {due})", en='Opens a case with {section}: "{title}" (due {due})'
        ),
        "playbook.step-checklist": Text(ja="確認項目:{items}", en="to check: {items}"),
        "playbook.step-close": Text(ja="開いた案件を閉じる({reason})", en="Closes the cases that it opened ({reason})"),
        "playbook.step-command": Text(
            ja="{device} を {values} にする(返事を {deadline}待つ)", en="Sets {device} to {values} (waits {deadline})"
        ),
        "playbook.step-undo": Text(
            ja="事案が終わると {values} に戻す", en="back to {values} when the incident is over"
        ),
        "playbook.step-alone": Text(ja="承認なしで動く", en="acts alone"),
        "playbook.step-approve": Text(
            ja="{roles} に尋ねる(各 {within})「{question}」", en='Asks {roles} ({within} each): "{question}"'
        ),
        "playbook.step-hours": Text(ja="{within}、開庁時間のみ", en="{within} of office hours"),
        "playbook.step-wait": Text(ja="{time}待つ", en="Waits {time}"),
        "playbook.step-branch": Text(ja="分かれる:{when}", en="Goes by: {when}"),
        "playbook.when-severity": Text(ja="重大度 {severity} 以上", en="severity {severity} or more"),
        "playbook.when-schedule": Text(ja="日時 {schedule}", en="time {schedule}"),
        "playbook.when-site": Text(ja="場所が {names}", en="at {names}"),
        "playbook.when-area": Text(ja="地区が {names}", en="in {names}"),
        "playbook.nothing": Text(ja="(なし)", en="(nothing)"),
        "playbook.no-due": Text(ja="なし", en="none"),
        "playbook.no-reason": Text(ja="理由なし", en="no reason"),
        "playbook.nobody": Text(ja="(だれもいない)", en="(nobody)"),
        "playbook.headline": Text(ja="{title}({playbook}) — 試行", en="{title} ({playbook}): dry run"),
        "playbook.opened": Text(
            ja="{at} 警報「{alert}」 対象 {subject} 重大度 {severity}",
            en='{at} alert "{alert}" about {subject}, severity {severity}',
        ),
        "playbook.opened-by-hand": Text(
            ja="{at} 職員が始める「{alert}」 対象 {subject} 重大度 {severity}",
            en='{at} staff start it: "{alert}" about {subject}, severity {severity}',
        ),
        "playbook.nothing-done": Text(
            ja="実際には何も送らず、何も動かしていません。", en="Nothing was sent and nothing was switched."
        ),
        "playbook.line-told": Text(ja="知らせる → {to}", en="told: {to}"),
        "playbook.line-notified": Text(ja="連絡網 {to} に送る「{text}」", en='to the channels {to}: "{text}"'),
        "playbook.line-case": Text(
            ja="{section}に案件「{title}」 期限 {due}", en='case with {section}: "{title}", due {due}'
        ),
        "playbook.line-closed": Text(ja="案件を閉じる:{cases}({reason})", en="closes: {cases} ({reason})"),
        "playbook.line-commanded": Text(
            ja="{device} に指示 {values}(返事の期限 {deadline})",
            en="{device} is to be {values} (to answer by {deadline})",
        ),
        "playbook.line-undone": Text(ja="{device} を戻す {values}", en="{device} goes back to {values}"),
        "playbook.line-reply-done": Text(ja="{device}:実行した", en="{device}: done"),
        "playbook.line-reply-refused": Text(ja="{device}:断った", en="{device}: refused"),
        "playbook.line-reply-silent": Text(ja="{device}:期限まで返事がない", en="{device}: no answer by the deadline"),
        "playbook.line-asked": Text(
            ja="{who}に尋ねる({rung}/{rungs} 番目、{until} まで)\n「{question}」",
            en='{who} is asked ({rung} of {rungs}, until {until})\n"{question}"',
        ),
        "playbook.of-section": Text(ja="{section}の{role}", en="{role} of {section}"),
        "playbook.all-told": Text(ja="これまでに知らせた {count} か所", en="the {count} told so far"),
        "playbook.line-answer-approved": Text(ja="答え:承認", en="answer: approved"),
        "playbook.line-answer-rejected": Text(ja="答え:却下", en="answer: rejected"),
        "playbook.line-answer-returned": Text(ja="答え:差し戻し", en="answer: returned"),
        "playbook.line-waits": Text(ja="{until} まで待つ", en="waits until {until}"),
        "playbook.line-then": Text(ja="条件が成り立つ", en="the condition holds"),
        "playbook.line-else": Text(ja="条件が成り立たない", en="the condition does not hold"),
        "playbook.trouble-refused": Text(ja="機器が断った", en="the device refused"),
        "playbook.trouble-silent": Text(ja="機器の返事がない", en="the device does not answer"),
        "playbook.trouble-returned": Text(ja="差し戻された", en="it was returned"),
        "playbook.trouble-unanswered": Text(
            ja="だれも答えない(承認待ちのまま残す)", en="nobody answered (it stays open)"
        ),
        "playbook.line-alarmed": Text(
            ja="職員の対応が要る:{trouble} → {to}", en="a person has to look: {trouble}; told: {to}"
        ),
        "playbook.line-stopped": Text(ja="待つのをやめる(事案が終わった)", en="waits no more: the incident is over"),
        "playbook.line-resolved": Text(
            ja="警報が解除され、事案が終わる → {to}", en="the alert resolves, the incident is over; told: {to}"
        ),
        "playbook.line-finished": Text(ja="業務が終わる", en="the run is finished"),
        "playbook.note-supposed": Text(
            ja="{places} は、承認された・実行されたものとしました(--answer、--device で変えられます)。",
            en="{places} were taken for approved, or done (change that by --answer and --device).",
        ),
        "playbook.note-waiting": Text(ja="まだ答えが要る:{places}", en="Still to be answered: {places}"),
        "playbook.note-goes-on": Text(
            ja="警報が続くあいだ、これ以上は何も起きません。解除されたあとは --resolved-after 2h で見られます。",
            en="Nothing more happens while the alert fires. --resolved-after 2h shows what follows its end.",
        ),
    }
)
