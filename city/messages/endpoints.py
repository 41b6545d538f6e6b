"""Texts of the page of endpoints: where notices go, how they fare, and what did not get through."""

from collections.abc import Mapping
from typing import Final

from city.messages.text import Text

TEXTS: Final[Mapping[str, Text]] = {
    "endpoints.title": Text(ja="送信先", en="Endpoints"),
    "endpoints.about": Text(
        ja="警報の知らせが、どこへ、どれだけ届いたかの一覧です。届かないものは 72 時間くり返し送り、"
        "それでも届かないものは「未達」に残ります。",
        en="Where notices of alerts go, and how many got there. What does not get through is tried for 72 hours, and then "
        "stays here as undelivered.",
    ),
    "endpoints.departments": Text(ja="部署の受信先", en="Departments' endpoints"),
    "endpoints.channels": Text(ja="連絡先", en="Contacts"),
    "endpoints.no-channels": Text(ja="連絡先には、まだ何も送っていません。", en="Nothing was sent to a contact yet."),
    "endpoints.name": Text(ja="送信先", en="Endpoint"),
    "endpoints.state": Text(ja="状態", en="State"),
    "endpoints.delivered": Text(ja="届いた数", en="Delivered"),
    "endpoints.waiting": Text(ja="待ち", en="Waiting"),
    "endpoints.retrying": Text(ja="再送中", en="Retrying"),
    "endpoints.dead": Text(ja="未達", en="Undelivered"),
    "endpoints.last-success": Text(ja="最後に届いた", en="Last delivered"),
    "endpoints.last-error": Text(ja="最後の失敗", en="Last failure"),
    "endpoints.never": Text(ja="なし", en="never"),
    "endpoints.well": Text(ja="届いています", en="well"),
    "endpoints.unused": Text(ja="まだ何も送っていない送信先: {names}", en="Nothing was sent yet to: {names}"),
    "endpoints.trying": Text(ja="届かず、再送しています", en="not through, retrying"),
    "endpoints.left": Text(ja="未達があります", en="some undelivered"),
    "endpoints.disabled": Text(ja="停止中", en="stopped"),
    "endpoints.disabled-since": Text(
        ja="{moment} に相手が「もう使わない」と答えたので止めました。送るものは残してあります。",
        en="It said on {moment} that it is gone. What is for it is kept.",
    ),
    "endpoints.enable": Text(ja="「{name}」への送信を始める", en="Send to {name} again"),
    "endpoints.letters": Text(ja="未達の知らせ", en="Undelivered notices"),
    "endpoints.letters-more": Text(
        ja="新しい {shown} 件です。ほかにもあります。", en="The newest {shown}; there are more."
    ),
    "endpoints.no-letters": Text(ja="未達の知らせはありません。", en="Nothing is undelivered."),
    "endpoints.when": Text(ja="あきらめた日時", en="Given up"),
    "endpoints.about-what": Text(ja="内容", en="About"),
    "endpoints.subject": Text(ja="場所", en="Where"),
    "endpoints.tries": Text(ja="試した回数", en="Attempts"),
    "endpoints.reason": Text(ja="理由", en="Reason"),
    "endpoints.look": Text(ja="中身を見る", en="Look inside"),
    "endpoints.resend": Text(ja="もう一度送る", en="Send again"),
    "endpoints.resend-all": Text(ja="「{name}」の未達 {count} 件をもう一度送る", en="Send all {count} of {name} again"),
    "endpoints.do": Text(ja="操作", en="Actions"),
    "endpoints.letter": Text(ja="未達の知らせ", en="An undelivered notice"),
    "endpoints.back": Text(ja="送信先の一覧へ", en="All endpoints"),
    "endpoints.attempts": Text(ja="試した記録", en="Attempts"),
    "endpoints.number": Text(ja="回", en="No."),
    "endpoints.at": Text(ja="日時", en="When"),
    "endpoints.status": Text(ja="相手の応答", en="Answer"),
    "endpoints.body": Text(ja="送った本文", en="The body as sent"),
    "endpoints.event-at": Text(ja="起きた日時", en="Happened"),
    "endpoints.firing": Text(ja="発生", en="firing"),
    "endpoints.resolved": Text(ja="解除", en="resolved"),
    "endpoints.message": Text(ja="連絡文", en="message"),
    # Why an attempt failed, in few words.
    "endpoints.why-accepted": Text(ja="届いた", en="taken"),
    "endpoints.why-later": Text(ja="「あとで」と答えた", en="said later"),
    "endpoints.why-server_error": Text(ja="相手のサーバーの障害", en="server in trouble"),
    "endpoints.why-timeout": Text(ja="15 秒以内に答えなかった", en="no answer within 15 s"),
    "endpoints.why-unreachable": Text(ja="つながらない", en="not reachable"),
    "endpoints.why-refused": Text(ja="受け取りを断られた", en="refused"),
    "endpoints.why-redirect": Text(ja="別の場所へ移っている", en="has moved"),
    "endpoints.why-gone": Text(ja="「もう使わない」と答えた", en="said it is gone"),
    "endpoints.why-no_address": Text(ja="設定に宛先か秘密がない", en="no address or secret in the settings"),
}
