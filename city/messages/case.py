"""Texts of cases: the words of their states and histories, what is wrong with an act, and `megane case`."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from city.messages.text import Text

TEXTS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "case.state-open": Text(ja="受付", en="open"),
        "case.state-in_progress": Text(ja="対応中", en="in progress"),
        "case.state-waiting_for_approval": Text(ja="決裁待ち", en="waiting for approval"),
        "case.state-done": Text(ja="完了", en="done"),
        "case.state-void": Text(ja="取消", en="void"),
        "case.line-opened": Text(ja="受付: {becomes}{text}", en="opened: {becomes}{text}"),
        "case.line-title": Text(ja="件名: {was} → {becomes}{text}", en="title: {was} → {becomes}{text}"),
        "case.line-state": Text(ja="状態: {was} → {becomes}{text}", en="state: {was} → {becomes}{text}"),
        "case.line-assignee": Text(ja="担当: {was} → {becomes}{text}", en="assignee: {was} → {becomes}{text}"),
        "case.line-due": Text(ja="期限: {was} → {becomes}{text}", en="due: {was} → {becomes}{text}"),
        "case.line-item": Text(ja="確認項目を追加: {becomes}{text}", en="on the checklist: {becomes}{text}"),
        "case.line-tick": Text(ja="確認済み: {becomes}{text}", en="ticked: {becomes}{text}"),
        "case.line-untick": Text(ja="確認を取り消し: {becomes}{text}", en="unticked: {becomes}{text}"),
        "case.line-left": Text(ja="確認せずに完了: {becomes}{text}", en="left unticked: {becomes}{text}"),
        "case.line-comment": Text(ja="コメント: {text}", en="comment: {text}"),
        "case.line-evidence": Text(ja="観測値を添付: {becomes}{text}", en="readings attached: {becomes}{text}"),
        "case.line-by": Text(ja="{by} {what}", en="{by} {what}"),
        "case.none": Text(ja="なし", en="none"),
        "case.nothing": Text(ja="なし", en="nothing"),
        "case.unknown": Text(
            ja="「{id}」という案件はありません。番号を確かめてください(megane case list、/v1/cases)。",
            en="There is no case `{id}`. Check the number (`megane case list`, /v1/cases).",
        ),
        "case.no-item": Text(
            ja="案件 {id} に確認項目 {number} はありません。案件を開いて番号を確かめてください。",
            en="Case {id} has no item {number} on its checklist. Look at the case for the numbers.",
        ),
        "case.no-evidence": Text(
            ja="案件「{id}」に添付 {number} はありません。案件を開いて番号を確かめてください。",
            en="Case `{id}` has no evidence {number}. Look at the case for the numbers.",
        ),
        "case.stale": Text(
            ja="案件 {id} は、あなたが見た第 {seen} 版のあとに変わり、いまは第 {version} 版です。変わったこと: {changes}。"
            "もう一度開いて確かめ、必要ならやり直してください。何も上書きしていません。",
            en="Case {id} has changed since version {seen}, which you saw; it is at version {version} now. What changed: "
            "{changes}. Look at it again, and do it once more if it is still right. Nothing was overwritten.",
        ),
        "case.not-from": Text(
            ja="案件 {id} は「{was}」なので、「{to}」にはできません。",
            en="Case {id} is {was}: it cannot become {to}.",
        ),
        "case.not-done": Text(
            ja="案件 {id} は「{was}」です。再開できるのは完了した案件だけです。",
            en="Case {id} is {was}. Only one that is done can be reopened.",
        ),
        "case.ended": Text(
            ja="案件 {id} は「{was}」なので変更できません。完了した案件は、再開してから変更してください。コメントと添付はできます。",
            en="Case {id} is {was} and cannot be changed. Reopen one that is done first. "
            "Comments and evidence can still be added.",
        ),
        "case.end-otherwise": Text(
            ja="案件 {id} を終えるときは、理由を付けて完了(close)か取消(void)にしてください。",
            en="Case {id} ends with a reason only: close it, or make it void.",
        ),
        "case.unticked": Text(
            ja="案件 {id} には、まだ確認していない項目があります: {items}。確認するか、確認せずに完了する理由(left)を書いてください。",
            en="Case {id} has items that are not ticked: {items}. Tick them, or say why they are left (`left`).",
        ),
        "case.items-full": Text(
            ja="案件 {id} の確認項目は {most} 個までです。案件を分けてください。",
            en="The checklist of case {id} holds {most} items at most. Open a second case.",
        ),
        "case.evidence-full": Text(
            ja="案件 {id} の添付は {most} 件までです。別の案件に添付してください。",
            en="Case {id} holds {most} pieces of evidence at most. Attach it to another case.",
        ),
        "case.due": Text(
            ja="期限「{found}」を読めません。30m(分)、2h(時間)、3d(日)、2bd(開庁日)、または日時で書いてください。",
            en="`{found}` is no due time. Write 30m, 2h, 3d, 2bd (business days), or a moment.",
        ),
        "case.due-far": Text(
            ja="期限「{found}」は先すぎて、祝日が分かりません(2099 年まで)。日時で書いてください。",
            en="`{found}` is too far off: holidays are known until 2099. Write a moment.",
        ),
        "case.due-span": Text(
            ja="期限「{found}」は、いまの 1 年前から 10 年後までにしてください。",
            en="`{found}` is no due time: it must lie between a year ago and ten years ahead.",
        ),
        "case.section": Text(
            ja="部署「{found}」はカタログにありません。近いもの: {near}。",
            en="There is no department `{found}` in the catalog. The nearest: {near}.",
        ),
        "case.series": Text(
            ja="「{found}」は系列の名前ではありません。device:sensor の形で書いてください。",
            en="`{found}` names no series. Write it as device:sensor.",
        ),
        "case.cursor": Text(
            ja="after「{found}」を読めません。前の答えの next をそのまま渡してください。",
            en="`after` cannot be read: {found}. Pass `next` of the answer before, as it is.",
        ),
        "case.help": Text(
            ja="案件(番号、担当、期限、確認項目)を見る・受け付ける・進める・終える。動いている都市に伝えます。",
            en="Cases (number, assignee, due time, checklist): looked for, opened, worked on and closed in the running city.",
        ),
        "case.help-list": Text(
            ja="案件の一覧。終わったものは --all で。\n\n"
            "例:\n\n- `megane case list --section bosai`\n\n- `megane case list --overdue`\n\n- `megane case list --text 水門 --all --json`",
            en="Cases; with --all those that have ended, too.\n\n"
            "Examples:\n\n- `megane case list --section bosai`\n\n- `megane case list --overdue`\n\n- `megane case list --text gate --all --json`",
        ),
        "case.help-show": Text(
            ja="案件一件の全体: 確認項目、添付、経過。\n\n例:\n\n- `megane case show 2026-bosai-12`",
            en="One case with its checklist, evidence and history.\n\nExamples:\n\n- `megane case show 2026-bosai-12`",
        ),
        "case.help-open": Text(
            ja="案件を受け付けます。番号は年度と部署ごとに 1 から付きます。\n\n"
            "例:\n\n- `megane case open bosai '鳥羽の水門の点検' --due 2bd --item 巡視 --item 水門確認`\n\n"
            "- `megane case open doboku '冠水の通報' --due 30m --assignee '鯖江 花子'`",
            en="Opens a case. Its number runs from 1 within fiscal year and section.\n\n"
            "Examples:\n\n- `megane case open bosai 'Look at the gate at Toba' --due 2bd --item patrol --item gate`\n\n"
            "- `megane case open doboku 'Flooding reported' --due 30m --assignee Hanako`",
        ),
        "case.help-change": Text(
            ja="件名、状態、担当、期限を変え、確認項目を足します。\n\n"
            "例:\n\n- `megane case change 2026-bosai-12 --state in_progress --assignee '鯖江 花子'`\n\n"
            "- `megane case change 2026-bosai-12 --due none --item 住民への連絡`",
            en="Changes title, state, assignee or due time, and adds to the checklist.\n\n"
            "Examples:\n\n- `megane case change 2026-bosai-12 --state in_progress --assignee Hanako`\n\n"
            "- `megane case change 2026-bosai-12 --due none --item 'call the residents'`",
        ),
        "case.help-comment": Text(
            ja="案件に一言添えます。\n\n例:\n\n- `megane case comment 2026-bosai-12 '水門を閉めた'`",
            en="Puts words beside a case.\n\nExamples:\n\n- `megane case comment 2026-bosai-12 'gate closed'`",
        ),
        "case.help-tick": Text(
            ja="確認項目を確認済みにします(--undo で取り消し)。番号は case show で分かります。\n\n"
            "例:\n\n- `megane case tick 2026-bosai-12 2`\n\n- `megane case tick 2026-bosai-12 2 --undo`",
            en="Ticks an item of the checklist (--undo takes it back). `case show` gives its number.\n\n"
            "Examples:\n\n- `megane case tick 2026-bosai-12 2`\n\n- `megane case tick 2026-bosai-12 2 --undo`",
        ),
        "case.help-attach": Text(
            ja="センサーの観測値そのものを案件に添付します。あとで保存期間が過ぎても、添付したときのまま残ります。\n\n"
            "例:\n\n- `megane case attach 2026-bosai-12 rpi-toba:water_level --from 2026-06-23T06:00+09:00`",
            en="Attaches a sensor's readings themselves. They stay as they are now, whatever becomes of the store.\n\n"
            "Examples:\n\n- `megane case attach 2026-bosai-12 rpi-toba:water_level --from 2026-06-23T06:00+09:00`",
        ),
        "case.help-close": Text(
            ja="理由を付けて案件を完了します。確認していない項目があれば、その理由(--left)も要ります。\n\n"
            "例:\n\n- `megane case close 2026-bosai-12 --reason '水位が下がり、巡視を終えた'`\n\n"
            "- `megane case close 2026-bosai-12 --reason 完了 --left '避難所は開設しなかった'`",
            en="Closes a case for a reason. Where items are not ticked, say why (--left).\n\n"
            "Examples:\n\n- `megane case close 2026-bosai-12 --reason 'the river has fallen, patrol done'`\n\n"
            "- `megane case close 2026-bosai-12 --reason done --left 'no shelter was opened'`",
        ),
        "case.help-reopen": Text(
            ja="完了した案件を、理由を付けて再開します。\n\n例:\n\n- `megane case reopen 2026-bosai-12 --reason '水位が再び上がった'`",
            en="Opens a case that is done again, for a reason.\n\nExamples:\n\n- `megane case reopen 2026-bosai-12 --reason 'rising again'`",
        ),
        "case.help-void": Text(
            ja="誤って受け付けた案件を取り消します。番号は残り、二度と使われません。\n\n例:\n\n- `megane case void 2026-bosai-12 --reason '二重の受付'`",
            en="Makes a case void that was opened by mistake. It keeps its number.\n\nExamples:\n\n- `megane case void 2026-bosai-12 --reason 'opened twice'`",
        ),
        "case.help-export": Text(
            ja="案件をすべて書き出します。CSV は Excel でそのまま開けます(UTF-8、BOM 付き)。\n\n"
            "例:\n\n- `megane case export --csv > cases.csv`\n\n- `megane case export --json --section bosai > cases.json`",
            en="Writes all cases out. The CSV opens in Excel as it is (UTF-8 with a BOM).\n\n"
            "Examples:\n\n- `megane case export --csv > cases.csv`\n\n- `megane case export --json --section bosai > cases.json`",
        ),
        "case.option-id": Text(ja="案件の番号(2026-bosai-12)", en="the case (2026-bosai-12)"),
        "case.option-section": Text(ja="部署の id(繰り返し可)", en="a department's id (may be repeated)"),
        "case.option-state": Text(
            ja="状態: open、in_progress、waiting_for_approval、done、void(繰り返し可)",
            en="state: open, in_progress, waiting_for_approval, done, void (may be repeated)",
        ),
        "case.option-to-state": Text(
            ja="状態: open、in_progress、waiting_for_approval", en="state: open, in_progress, waiting_for_approval"
        ),
        "case.option-assignee": Text(ja="担当者の名前", en="who takes care of it"),
        "case.option-nobody": Text(ja="担当者の名前。空にすると担当なし", en="who takes care of it; empty: nobody"),
        "case.option-overdue": Text(ja="期限を過ぎたものだけ", en="only those past their due time"),
        "case.option-search": Text(ja="件名・番号・経過に含まれる言葉", en="words in title, number or history"),
        "case.option-limit": Text(ja="何件まで", en="at most so many"),
        "case.option-all": Text(ja="終わったものも", en="those that have ended, too"),
        "case.option-for-section": Text(ja="受け付ける部署の id", en="the id of the section whose case it is"),
        "case.option-title": Text(ja="件名", en="what it is about"),
        "case.option-due": Text(
            ja="期限: 30m、2h、3d、2bd(開庁日)、または日時", en="due: 30m, 2h, 3d, 2bd (business days), or a moment"
        ),
        "case.option-new-due": Text(
            ja="期限: 30m、2bd など、日時、または none(なし)", en="due: 30m, 2bd, …, a moment, or none"
        ),
        "case.option-item": Text(ja="確認項目(繰り返し可)", en="an item of the checklist (may be repeated)"),
        "case.option-number": Text(ja="確認項目の番号", en="the item's number"),
        "case.option-undo": Text(ja="確認を取り消す", en="take the tick away"),
        "case.option-reason": Text(ja="理由", en="why"),
        "case.option-left": Text(ja="確認していない項目を残す理由", en="why items are left unticked"),
        "case.option-version": Text(
            ja="見た版。その後に変わっていれば断られます。既定は今の版",
            en="the version that you saw: refused if it changed since; default: as it is now",
        ),
        "case.option-series": Text(ja="系列(device:sensor)", en="the series (device:sensor)"),
        "case.option-from": Text(ja="始まり(ISO 8601)", en="from (ISO 8601)"),
        "case.option-to": Text(ja="終わり(ISO 8601)。既定はいま", en="to (ISO 8601); default: now"),
        "case.option-by": Text(ja="だれが。既定はログイン名", en="who does it; default: the login name"),
        "case.option-key": Text(
            ja="合言葉。同じものを二度送っても一度になる", en="a key: what is sent twice under it is done once"
        ),
        "case.option-csv": Text(ja="CSV(Excel で開ける)", en="CSV, as Excel opens it"),
        "case.option-json": Text(ja="JSON", en="JSON"),
        "case.column-number": Text(ja="番号", en="number"),
        "case.column-title": Text(ja="件名", en="title"),
        "case.column-state": Text(ja="状態", en="state"),
        "case.column-section": Text(ja="部署", en="section"),
        "case.column-assignee": Text(ja="担当", en="assignee"),
        "case.column-due": Text(ja="期限", en="due"),
        "case.column-checklist": Text(ja="確認", en="ticked"),
        "case.column-opened": Text(ja="受付", en="opened"),
        "case.column-ended": Text(ja="終了", en="ended"),
        "case.column-version": Text(ja="版", en="version"),
        "case.column-run": Text(ja="対応手順の実行", en="run"),
        "case.column-id": Text(ja="id", en="id"),
        "case.column-year": Text(ja="年度", en="fiscal year"),
        "case.column-opened_by": Text(ja="受付者", en="opened by"),
        "case.column-overdue": Text(ja="期限超過", en="overdue"),
        "case.overdue": Text(ja="期限超過", en="overdue"),
        "case.checklist": Text(ja="確認項目", en="Checklist"),
        "case.evidence": Text(ja="添付した観測値", en="Evidence"),
        "case.history": Text(ja="経過", en="History"),
        "case.attached": Text(
            ja="{number}. {series} {start} ～ {end}、{readings} 件、SHA-256 {sha256}",
            en="{number}. {series} {start} to {end}, {readings} readings, SHA-256 {sha256}",
        ),
        "case.empty": Text(ja="あてはまる案件はありません。", en="No case fits."),
        "case.more": Text(
            ja="ほかにもあります。条件を絞るか、--limit を大きくしてください。",
            en="There are more: say more closely which, or raise --limit.",
        ),
        "case.done": Text(ja="{number}: 記録しました(第 {version} 版)。", en="{number}: recorded (version {version})."),
        "case.opened": Text(ja="{number} を受け付けました。", en="{number} is open."),
        "case.which-form": Text(ja="--csv か --json のどちらかを選んでください。", en="Choose --csv or --json."),
    }
)
