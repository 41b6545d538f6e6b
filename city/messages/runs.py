"""Texts about incidents, runs, approvals, and the lines of a chronology."""

from collections.abc import Mapping
from typing import Final

from city.messages.text import Text

TEXTS: Final[Mapping[str, Text]] = {
    "runs.attention_failed": Text(
        ja="手順「{step}」がうまくいきませんでした。確認してください。",
        en="A step ({step}) failed. Somebody has to look.",
    ),
    "runs.attention_open": Text(
        ja="承認の依頼に、だれも期限までに答えていません。承認されないままです。",
        en="Nobody answered the approval in time. It is still open, and not approved.",
    ),
    "runs.attention_returned": Text(
        ja="承認の依頼が差し戻されました。確認してください。", en="An approval was sent back. Somebody has to look."
    ),
    "runs.asked_message": Text(
        ja="承認のお願い: {title}\n{question}\n期限: {until}",
        en="You are asked to decide: {title}\n{question}\nUntil: {until}",
    ),
    "runs.case_over": Text(ja="事案が終わったため", en="The incident is over"),
    "runs.start_unknown": Text(
        ja="手順書「{playbook}」はありません。megane playbook list で確かめてください。",
        en="There is no playbook {playbook}. See megane playbook list.",
    ),
    "runs.start_section": Text(
        ja="部署「{section}」はカタログにありません。", en="The catalog has no department {section}."
    ),
    "runs.playbook_unknown": Text(ja="手順書「{playbook}」はありません。", en="There is no playbook {playbook}."),
    "runs.incident_unknown": Text(ja="事案 {id} は見つかりません。", en="There is no incident {id}."),
    "runs.approval_unknown": Text(ja="承認の依頼 {id} は見つかりません。", en="There is no approval {id}."),
    "runs.approval_changed": Text(
        ja="この依頼は、もう答えられたか、内容が変わりました。画面を開き直して、今の内容を確かめてください。",
        en="This was answered meanwhile, or what it says has changed. Open the page anew and look at it as it is now.",
    ),
    "runs.approval_role": Text(
        ja="この依頼に答えられるのは、依頼先の役職の人と、その代理だけです。",
        en="Only those who hold a role that is asked can answer, and who acts for them.",
    ),
    "runs.approval_own": Text(
        ja="自分で始めた業務は、自分では承認できません。", en="Nobody approves what they started themselves."
    ),
    "runs.resolve_not_yours": Text(
        ja="人が始めた、まだ続いている事案だけを、手で終えられます。ほかは、警報が解除されると終わります。",
        en="By hand only an incident ends that a person started and that is not over. Others end with their last alert.",
    ),
    "runs.step_subscribed": Text(ja="申し込んでいる部署に知らせ続ける", en="Tell those who subscribed, to the end"),
    "runs.step_told": Text(ja="{to} に知らせ続ける", en="Tell {to}, to the end"),
    "runs.step_notify": Text(ja="{to} に知らせる: {text}", en="Tell {to}: {text}"),
    "runs.step_case": Text(ja="{section}の案件を開く: {title}", en="Open a case with {section}: {title}"),
    "runs.step_close": Text(ja="この事案の案件を閉じる", en="Close the cases of this incident"),
    "runs.step_command": Text(ja="{device}を{set}にする", en="Set {device} to {set}"),
    "runs.step_approve": Text(
        ja="{roles} に承認を求める(それぞれ{within}以内): {question}", en="Ask {roles} ({within} each): {question}"
    ),
    "runs.step_wait": Text(ja="{span}待つ", en="Wait {span}"),
    "runs.step_branch_severity": Text(ja="重大度が {severity} 以上なら", en="If the severity is {severity} or more"),
    "runs.step_branch_hours": Text(ja="この曜日・時間帯なら: {hours}", en="If it is within {hours}"),
    "runs.step_branch_both": Text(
        ja="重大度が {severity} 以上で、この曜日・時間帯なら: {hours}",
        en="If the severity is {severity} or more, and it is within {hours}",
    ),
    "runs.step_branch_place": Text(ja="場所が {places} なら", en="If it is at {places}"),
    "runs.place_reported": Text(ja="通報", en="a report"),
    "runs.minutes": Text(ja="{n}分", en="{n} min"),
    "runs.hours": Text(ja="{n}時間", en="{n} h"),
    "runs.hours_minutes": Text(ja="{h}時間{n}分", en="{h} h {n} min"),
    "runs.line_opened": Text(
        ja="警報「{title}」で事案が始まりました(重大度 {severity})", en="Began with “{title}” (severity {severity})"
    ),
    "runs.line_reported": Text(ja="通報により始めました: {title} {text}", en="Started by report: {title} {text}"),
    "runs.line_joined": Text(
        ja="警報「{title}」が加わりました(重大度 {severity})", en="“{title}” joined (severity {severity})"
    ),
    "runs.line_changed": Text(
        ja="警報「{title}」の重大度が {severity} になりました", en="“{title}” is of severity {severity} now"
    ),
    "runs.line_ended": Text(ja="警報「{title}」が解除されました", en="“{title}” resolved"),
    "runs.line_late": Text(
        ja="あとから分かった、または遅れて決まった警報のため、知らせるだけにして、手順は始めません: {to}",
        en="Found afterwards or decided late: it is told, and no step begins: {to}",
    ),
    "runs.line_caught_up": Text(
        ja="データが追いついても警報が続いているため、手順を始めます",
        en="The readings have caught up and the alert still fires: the steps begin",
    ),
    "runs.value_on": Text(ja="入", en="on"),
    "runs.value_off": Text(ja="切", en="off"),
    "runs.value_open": Text(ja="開", en="open"),
    "runs.value_closed": Text(ja="閉", en="closed"),
    "runs.value_dark": Text(ja="消灯", en="dark"),
    "runs.line_acknowledged": Text(ja="警報「{title}」を確認しました {text}", en="Acknowledged “{title}” {text}"),
    "runs.line_assigned": Text(
        ja="警報「{title}」の担当を {to} にしました {text}", en="“{title}” is in the care of {to} {text}"
    ),
    "runs.line_commented": Text(ja="警報「{title}」へのコメント: {text}", en="Comment on “{title}”: {text}"),
    "runs.line_closed": Text(
        ja="警報「{title}」を閉じました({reason}) {text}", en="Closed “{title}” ({reason}) {text}"
    ),
    "runs.line_told": Text(ja="受信先に知らせ始めました: {to}", en="Endpoints are told: {to}"),
    "runs.line_notified": Text(ja="{to} に知らせました: {text}", en="Told {to}: {text}"),
    "runs.line_unreached": Text(
        ja="知らせていません。連絡先が設定されていません: {to}",
        en="Not told, since the settings have no such channel: {to}",
    ),
    "runs.line_case_opened": Text(ja="案件 {case} を開きました", en="Case {case} opened"),
    "runs.line_case_closed": Text(ja="案件 {case} を閉じました", en="Case {case} closed"),
    "runs.line_commanded": Text(ja="{device} に指示しました: {set}", en="{device} is to be {set}"),
    "runs.line_blocked": Text(
        ja="訓練のため {device} は動かしていません: {set}", en="A drill: {device} was not switched to {set}"
    ),
    "runs.line_obeyed": Text(ja="{device} が実行しました: {set}", en="{device} is {set}"),
    "runs.line_disobeyed": Text(
        ja="{device} は実行していません: {set}({problem})", en="{device} is not {set} ({problem})"
    ),
    "runs.line_waits": Text(ja="{until} まで待ちます", en="Waits until {until}"),
    "runs.line_went_on": Text(ja="待ち時間が終わりました", en="The wait is over"),
    "runs.line_chose": Text(ja="分岐: {way}", en="Branch: {way}"),
    "runs.line_asked": Text(ja="{role}に承認を求めました: {question}", en="Asked ({role}): {question}"),
    "runs.line_approved": Text(ja="承認しました {reason}", en="Approved {reason}"),
    "runs.line_rejected": Text(ja="否決しました {reason}", en="Rejected {reason}"),
    "runs.line_returned": Text(ja="差し戻しました {reason}", en="Sent back {reason}"),
    "runs.line_void": Text(
        ja="内容が変わったため、前の依頼を無効にして、あらためて承認を求めました: {question}",
        en="What was shown has changed: void, and asked anew: {question}",
    ),
    "runs.line_unanswered": Text(
        ja="だれも期限までに答えませんでした。承認されていません", en="Nobody answered in time: not approved"
    ),
    "runs.line_cancelled": Text(ja="承認の依頼を取り下げました", en="The question was withdrawn"),
    "runs.line_paused": Text(ja="一時止めました {reason}", en="Paused {reason}"),
    "runs.line_resumed": Text(ja="再開しました {reason}", en="Resumed {reason}"),
    "runs.line_taken_over": Text(ja="引き取りました {reason}", en="Taken over {reason}"),
    "runs.line_stopped": Text(ja="中止しました {reason}", en="Stopped {reason}"),
    "runs.line_skipped": Text(ja="手順を飛ばしました {reason}", en="A step was skipped {reason}"),
    "runs.line_redone": Text(ja="手順をやり直しました {reason}", en="A step was done again {reason}"),
    "runs.line_resolved": Text(ja="事案が終わりました", en="The incident is over"),
    "runs.line_finished": Text(ja="手順がすべて終わりました", en="Nothing is left to do"),
}
