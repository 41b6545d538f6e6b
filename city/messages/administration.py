"""Texts of `administration`."""

from collections.abc import Mapping
from typing import Final

from city.messages.text import Text

TEXTS: Final[Mapping[str, Text]] = {
    "administration.secret_prefix": Text(
        ja="{origin}:署名用の秘密は whsec_ で始まる必要があります。「whsec_」と base64 を続けて 1 行で書いてください。",
        en="{origin}: a signing secret begins with whsec_. Write whsec_ followed by base64, on one line.",
    ),
    "administration.secret_base64": Text(
        ja="{origin}:署名用の秘密の whsec_ より後が base64 ではありません。ファイルを作り直してください。",
        en="{origin}: what follows whsec_ in the signing secret is not base64. Make the file anew.",
    ),
    "administration.secret_length": Text(
        ja="{origin}:署名用の秘密の長さが合いません。{low} から {high} バイトの乱数を base64 にして書いてください。",
        en="{origin}: the signing secret has the wrong length. Take {low} to {high} random bytes, as base64.",
    ),
    "administration.address_url": Text(
        ja="{origin}:webhook の URL として使えません。https:// または http:// で始まり、ホスト名のある URL を書いてください。",
        en="{origin}: not a URL for a webhook. Write one that begins with https:// or http:// and has a host.",
    ),
    "administration.address_unsigned": Text(
        ja="{origin}:署名用の秘密がありません。secret_files に、秘密を書いたファイルを 1 つ以上指定してください。",
        en="{origin}: there is no signing secret. Name at least one file with a secret under secret_files.",
    ),
    "administration.step_unknown": Text(
        ja="手順「{found}」は使えません。1 項目に 1 つ、次の名前で書いてください:{known}",
        en='There is no step "{found}". Write one name to an item, out of: {known}',
    ),
    "administration.template_name": Text(
        ja="{{{found}}} という名前はありません。使える名前:{known}",
        en="There is no name {{{found}}} to put in. Known: {known}",
    ),
    "administration.template_brace": Text(
        ja="{{ と }} が対になっていません。文中の名前は {{incident.title}} のように書いてください。",
        en="A brace has no partner. Write names in a text as {{incident.title}}.",
    ),
    "administration.notify_nobody": Text(
        ja="宛先がありません。1 つ以上書いてください。", en="Nobody is told. Name at least one channel."
    ),
    "administration.command_undo": Text(
        ja="undo_on_resolve: true には、戻す値 undo: {{…}} が要ります。",
        en="undo_on_resolve: true needs undo: {{…}}, the values to go back to.",
    ),
    "administration.command_undo_unused": Text(
        ja="undo は undo_on_resolve: true のときだけ使われます。undo_on_resolve: true を足すか、undo を消してください。",
        en="undo is used only with undo_on_resolve: true. Add that, or take undo away.",
    ),
    "administration.duration_zero": Text(
        ja="{key} は 0 にできません。30s、15m のように書いてください。",
        en="{key} cannot be 0. Write it as 30s or 15m.",
    ),
    "administration.approve_twice": Text(
        ja="同じ役職に 2 度尋ねることになります。deputy には、ほかの役職を書いてください。",
        en="The same role would be asked twice. Name other roles under deputy.",
    ),
    "administration.branch_nothing": Text(
        ja="when に条件がありません。severity、schedule、site、area のどれかを書いてください。",
        en="Nothing stands under when. Write severity, schedule, site or area there.",
    ),
    "administration.case_due": Text(
        ja="期限「{found}」を読めません。30m(分)、2h(時間)、3d(日)、2bd(開庁日)のように書いてください。",
        en="`{found}` is no due time. Write 30m, 2h, 3d or 2bd (business days).",
    ),
    "administration.step_hurts": Text(
        ja="{kind} は人に害を及ぼし得るので、前に approve が要ります。承認なしでよいなら acts_alone: true と書いてください。",
        en="A {kind} can hurt: put an approve before it, or write acts_alone: true if it may act without one.",
    ),
    "administration.approve_unanswered": Text(
        ja="次の手順が人に害を及ぼし得るので、{key} が要ります。断られたとき・答えがないときに行うことを書いてください。",
        en="What follows can hurt, so {key} must be said: what is done when the answer is no, or none.",
    ),
    "administration.group_nothing": Text(
        ja="by に何もありません。river や site など、警報をまとめる単位を書いてください。",
        en="Nothing stands under by. Write what alerts of one incident have in common, as river or site.",
    ),
    "administration.playbook_empty": Text(
        ja="手順がありません。steps に 1 つ以上書いてください。",
        en="There are no steps. Write at least one under steps.",
    ),
    "administration.playbook_twice": Text(
        ja="手順書 {playbook} は {first} にもあります。別の id にしてください。",
        en="Playbook {playbook} stands at {first} too. Give one of them another id.",
    ),
    "administration.playbook_reserved": Text(
        ja="{playbook} は組み込みの手順書の名前です。別の id にしてください。",
        en="{playbook} is a playbook that is built in. Take another id.",
    ),
    "administration.playbook_unknown": Text(
        ja="手順書「{found}」がありません。ある手順書:{known}",
        en='There is no playbook "{found}". There are: {known}',
    ),
    "administration.dry_run_answer": Text(
        ja="{place} に承認の手順はありません。承認の手順:{known}",
        en="There is no approval at {place}. Approvals: {known}",
    ),
    "administration.dry_run_device": Text(
        ja="{place} に機器への指示はありません。指示の手順:{known}",
        en="There is no command to a device at {place}. Commands: {known}",
    ),
    "administration.step_not_now": Text(
        ja="この手順には、今それはできません({action}:手順は {state})。",
        en="That cannot be done to this step now ({action}: it is {state}).",
    ),
    "administration.step_answered_only": Text(
        ja="承認は飛ばせません。答えるか、業務を止めてください。",
        en="An approval cannot be skipped: answer it, or stop the run.",
    ),
    "administration.run_not_now": Text(
        ja="この業務には、今それはできません({action})。", en="That cannot be done to this run now ({action})."
    ),
    "administration.unknown_dead_letter": Text(
        ja="未達の通知 {id} は見つかりません。もう再送されたか、番号が違います。一覧を開き直してください。",
        en="No dead letter has the id {id}. It was sent again meanwhile, or the id is wrong: open the list anew.",
    ),
    "administration.unknown_endpoint": Text(
        ja="受信先 {id} には、まだ何も送られていません。受信先の一覧で名前を確かめてください。",
        en="Nothing was ever sent to an endpoint {id}. Look its name up in the list of endpoints.",
    ),
    "administration.title_no_data": Text(ja="{title}(データが届いていません)", en="{title} (no data arrives)"),
    "administration.title_unknown": Text(ja="警報 {rule}", en="Alert {rule}"),
    "administration.title_system_zone_silent": Text(
        ja="区域全体のデータが届いていません", en="No data arrives from a whole zone"
    ),
    "administration.reason_accepted": Text(ja="届きました。", en="It was taken."),
    "administration.reason_later": Text(
        ja="受信先が「あとで」と答えました。自動でもう一度送ります。",
        en="The endpoint said later. It is sent again by itself.",
    ),
    "administration.reason_server_error": Text(
        ja="受信先のサーバーに障害があります(5xx)。自動でもう一度送ります。続くときは受信先の担当者に連絡してください。",
        en="The endpoint's server is in trouble (5xx). It is sent again by itself; if this goes on, call its keeper.",
    ),
    "administration.reason_timeout": Text(
        ja="受信先が 15 秒以内に答えませんでした。自動でもう一度送ります。",
        en="The endpoint did not answer within 15 seconds. It is sent again by itself.",
    ),
    "administration.reason_unreachable": Text(
        ja="受信先につながりません(名前、経路、TLS、または切断)。自動でもう一度送ります。",
        en="The endpoint cannot be reached (name, route, TLS, or cut off). It is sent again by itself.",
    ),
    "administration.reason_refused": Text(
        ja="受信先が受け取りを断りました(4xx)。受信先の設定と署名の秘密を確かめてから、再送してください。",
        en="The endpoint refused it (4xx). Check its set-up and the signing secret, then send it again.",
    ),
    "administration.reason_not_taken": Text(
        ja="メールやチャットのサービスが受け取りませんでした。宛先と、サービスの状態を確かめてください。",
        en="The mail or chat service did not take it. Check the address, and how the service is.",
    ),
    "administration.reason_redirect": Text(
        ja="受信先が別の URL へ移っています(3xx)。転送には従いません。設定の URL を新しいものに直してから、再送してください。",
        en="The endpoint has moved to another URL (3xx). Redirects are not followed: put the new URL into the settings, "
        "then send it again.",
    ),
    "administration.reason_gone": Text(
        ja="受信先が「もう使わない」と答えたので(410)、送信を止めました。通知は残してあります。使うときは受信先を有効に戻してください。",
        en="The endpoint said that it is gone (410), so nothing more is sent. What is for it is kept: enable it to send.",
    ),
    "administration.reason_no_address": Text(
        ja="設定に、この受信先の使える URL と秘密がありません。設定を直してから、再送してください。",
        en="The settings have no usable URL and secret for this endpoint. Mend them, then send it again.",
    ),
    "administration.device_config": Text(
        ja="{device} の設定が使えません: {problem}",
        en="{device} cannot be that: {problem}",
    ),
}
