"""What people and programs did, as the page of the audit log says it."""

from collections.abc import Mapping
from typing import Final

from city.messages.text import Text

TEXTS: Final[Mapping[str, Text]] = {
    "audit.signed-in-by-password": Text(ja="パスワードでサインインした", en="Signed in by password"),
    "audit.signed-in-by-provider": Text(ja="認証連携でサインインした", en="Signed in by the provider"),
    "audit.password-set-by-link": Text(ja="リンクからパスワードを設定した", en="Set a password by a link"),
    "audit.signed-out": Text(ja="サインアウトした", en="Signed out"),
    "audit.sign-in-refused": Text(ja="サインインを断られた", en="Refused at sign-in"),
    "audit.person-added": Text(ja="利用者を加えた", en="Added a person"),
    "audit.person-changed": Text(ja="利用者を変えた", en="Changed a person"),
    "audit.person-disabled": Text(ja="利用者を使えなくした", en="Disabled a person"),
    "audit.link-made": Text(ja="パスワード設定のリンクを作った", en="Made a link to set a password"),
    "audit.duty-added": Text(ja="当番・代理を加えた", en="Added duty"),
    "audit.duty-removed": Text(ja="当番・代理を外した", en="Removed duty"),
    "audit.token-made": Text(ja="トークンを作った", en="Made a token"),
    "audit.token-revoked": Text(ja="トークンを取り消した", en="Revoked a token"),
    "audit.asked-person": Text(ja="利用者の変更を求めた", en="Asked to change people"),
    "audit.asked-duty": Text(ja="当番表の変更を求めた", en="Asked to change the roster"),
    "audit.asked-token": Text(ja="トークンの変更を求めた", en="Asked to change tokens"),
    "audit.alerts-decided": Text(ja="警報について決めた", en="Decided about alerts"),
    "audit.silenced": Text(ja="警報の通知を止めた、または戻した", en="Silenced alerts, or lifted a silence"),
    "audit.incident-hand": Text(ja="事案の手順に手を入れた", en="Took a hand in an incident"),
    "audit.approval-answered": Text(ja="承認に答えた", en="Answered an approval"),
    "audit.case-changed": Text(ja="案件を変えた", en="Changed a case"),
    "audit.case-opened": Text(ja="案件を開いた", en="Opened a case"),
    "audit.run-started": Text(ja="手順を始めた", en="Started a playbook"),
    "audit.run-pause": Text(ja="手順を一時停止した", en="Paused a run"),
    "audit.run-resume": Text(ja="手順を再開した", en="Resumed a run"),
    "audit.run-take_over": Text(ja="手順を引き継いだ", en="Took a run over"),
    "audit.run-stop": Text(ja="手順を中止した", en="Stopped a run"),
    "audit.run-skip": Text(ja="手順の一つを飛ばした", en="Skipped a step"),
    "audit.run-redo": Text(ja="手順の一つをやり直した", en="Did a step again"),
    "audit.incident-resolved": Text(ja="事案を終わらせた", en="Ended an incident"),
    "audit.approval-approved": Text(ja="承認した", en="Approved"),
    "audit.approval-rejected": Text(ja="承認しなかった", en="Rejected"),
    "audit.approval-returned": Text(ja="差し戻した", en="Sent back"),
    "audit.webhook-resent": Text(
        ja="通知を再送した、または受信先を再開した", en="Sent webhooks again, or enabled an endpoint"
    ),
    "audit.rules-reloaded": Text(ja="規則を読み直した", en="Loaded the rules again"),
    "audit.device-changed": Text(ja="端末を設定・操作した", en="Configured or commanded a device"),
    "audit.quarantine-resent": Text(ja="隔離した測定値を戻した", en="Took readings out of the quarantine"),
}
