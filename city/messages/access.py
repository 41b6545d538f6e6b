"""Texts about who comes in: what the API refuses, and the pages of sign-in, people, tokens and the audit log."""

from collections.abc import Mapping
from typing import Final

from city.messages.text import Text

TEXTS: Final[Mapping[str, Text]] = {
    # Refusals.
    "access.sign-in": Text(
        ja="サインインしてください。プログラムは Authorization: Bearer トークン を付けます(megane token create)。",
        en="Sign in. Programs send Authorization: Bearer with a token (megane token create).",
    ),
    "access.forbidden": Text(ja="{name}には、この操作の権限がありません。", en="{name} may not do this."),
    "access.elsewhere": Text(
        ja="{name}の権限は「{place}」には及びません。", en="The rights of {name} do not reach {place}."
    ),
    "access.csrf": Text(
        ja="この画面は古くなっています。開き直して、もう一度操作してください。",
        en="This page is out of date. Open it anew and try again.",
    ),
    "access.own-name": Text(
        ja="{name}としてサインインしています。「{said}」の名前では記録できません。",
        en="You are signed in as {name}; nothing can be written down as {said}.",
    ),
    "access.no-provider": Text(
        ja="この都市には認証サービスの設定がありません。パスワードでサインインしてください。",
        en="This city has no identity provider. Sign in with your password.",
    ),
    "access.other-browser": Text(
        ja="サインインを始めたときと別のブラウザーか、時間がたちすぎています。もう一度始めてください。",
        en="This is not the browser in which you began, or it took too long. Begin again.",
    ),
    "access.link-over": Text(
        ja="このリンクは使われたか、期限が切れています。デジタル推進課に新しいリンクを頼んでください。",
        en="This link was used or is over. Ask for a new one.",
    ),
    "access.refused": Text(ja="ユーザー名かパスワードが違います。", en="The user name or the password is wrong."),
    "access.unknown-there": Text(
        ja="認証サービスの利用者が、この都市の職員として登録されていません。デジタル推進課に頼んでください。",
        en="The identity provider's user is not registered here. Ask the digital section.",
    ),
    "access.throttled": Text(
        ja="失敗が続いたため、あと {seconds} 秒は受け付けません。",
        en="Too many failures; try again in {seconds} seconds.",
    ),
    # Sign-in.
    "access.page.sign-in": Text(ja="サインイン", en="Sign in"),
    "access.page.login": Text(ja="ユーザー名", en="User name"),
    "access.page.password": Text(ja="パスワード", en="Password"),
    "access.page.by-provider": Text(ja="{title} でサインイン", en="Sign in with {title}"),
    "access.page.or": Text(ja="または", en="or"),
    "access.page.sign-out": Text(ja="サインアウト", en="Sign out"),
    "access.page.set-password": Text(ja="パスワードを決める", en="Set your password"),
    "access.page.for": Text(ja="{name} さんのパスワード", en="Password of {name}"),
    "access.page.length": Text(
        ja="{shortest} 文字以上。長い言い回しが安全で覚えやすいです。",
        en="{shortest} characters or more. A long phrase is safe and easy to remember.",
    ),
    # People.
    "access.page.people": Text(ja="職員", en="People"),
    "access.page.name": Text(ja="氏名", en="Name"),
    "access.page.mail": Text(ja="メール", en="Mail"),
    "access.page.offices": Text(ja="役職", en="Offices"),
    "access.page.role": Text(ja="役職", en="Role"),
    "access.page.unit": Text(ja="所属", en="Place"),
    "access.page.city": Text(ja="市全体", en="The whole city"),
    "access.page.none": Text(ja="なし", en="none"),
    "access.page.state": Text(ja="状態", en="State"),
    "access.page.active": Text(ja="使えます", en="active"),
    "access.page.waiting": Text(ja="パスワード未設定", en="no password yet"),
    "access.page.disabled": Text(ja="停止中", en="disabled"),
    "access.page.add": Text(ja="職員を加える", en="Add a person"),
    "access.page.save": Text(ja="保存する", en="Save"),
    "access.page.disable": Text(ja="{name} さんを停止する", en="Disable {name}"),
    "access.page.new-link": Text(ja="パスワードのリンクを作る", en="Make a link for a password"),
    "access.page.link-made": Text(
        ja="このリンクを本人に渡してください。48 時間以内に 1 回だけ使えます。この画面でしか見られません。",
        en="Give this link to them. It is good once, for 48 hours, and is shown only here.",
    ),
    "access.page.change": Text(ja="変更", en="Change"),
    # Duty.
    "access.duty.title": Text(ja="当番表", en="Duty roster"),
    "access.duty.about": Text(
        ja="警報や承認の依頼は、そのとき当番の人に届きます。不在の人の分は代理の人に届き、代理の人が答えられます。当番がいなければ、その役職の全員に届きます。",
        en="What needs an answer goes to who is on duty then. Who is away is represented by a substitute, who may answer. "
        "Where nobody is on duty it goes to all who hold the role.",
    ),
    "access.duty.weeks": Text(ja="週を選ぶ", en="Choose a week"),
    "access.duty.earlier": Text(ja="前の週", en="Week before"),
    "access.duty.this-week": Text(ja="今週", en="This week"),
    "access.duty.later": Text(ja="次の週", en="Week after"),
    "access.duty.now": Text(ja="いま届く人:", en="Asked now:"),
    "access.duty.and": Text(ja="、", en=", "),
    "access.duty.nobody": Text(ja="だれもいません", en="nobody"),
    "access.duty.all-day": Text(ja="終日", en="all day"),
    "access.duty.for": Text(ja="{name} の代理", en="in place of {name}"),
    "access.duty.all-holders": Text(ja="全員", en="everybody"),
    "access.duty.none": Text(
        ja="この週の当番は決まっていません。それぞれの役職の全員に届きます。",
        en="Nobody is on duty in this week: all who hold a role are asked.",
    ),
    "access.duty.entries": Text(ja="この週の登録", en="Entries of this week"),
    "access.duty.from": Text(ja="始まり", en="From"),
    "access.duty.to": Text(ja="終わり", en="To"),
    "access.duty.span": Text(ja="{begin} 〜 {end}", en="{begin} – {end}"),
    "access.duty.remove": Text(ja="外す", en="Remove"),
    "access.duty.remove-whose": Text(ja="{name} の {when} からの登録を外す", en="Remove {name} from {when} on"),
    "access.duty.add": Text(ja="当番や代理を加える", en="Add to the roster"),
    "access.duty.choose": Text(ja="選んでください", en="choose"),
    "access.duty.in-place-of": Text(ja="だれの代理ですか", en="In whose place"),
    "access.duty.themselves": Text(ja="代理ではない(本人の当番)", en="nobody's: on duty themselves"),
    "access.duty.repeat": Text(ja="毎週くり返す回数(1 なら 1 回だけ)", en="How many weeks in a row"),
    # Tokens.
    "access.page.tokens": Text(ja="トークン", en="Tokens"),
    "access.page.tokens-about": Text(
        ja="プログラムがこの都市に話しかけるための鍵です。用途ごとに 1 つ作り、いらなくなったら取り消します。",
        en="Keys for programs that talk to this city. Make one for each use, and revoke what is no longer needed.",
    ),
    "access.page.purpose": Text(ja="用途", en="What for"),
    "access.page.scope": Text(ja="できること", en="May"),
    "access.page.days": Text(ja="有効日数", en="Days"),
    "access.page.make": Text(ja="トークンを作る", en="Make a token"),
    "access.page.made": Text(ja="作成", en="Made"),
    "access.page.ends": Text(ja="期限", en="Ends"),
    "access.page.used": Text(ja="最後の利用", en="Last used"),
    "access.page.never": Text(ja="なし", en="never"),
    "access.page.revoke": Text(ja="「{name}」を取り消す", en="Revoke {name}"),
    "access.page.revoked": Text(ja="取り消し済み", en="revoked"),
    "access.page.over": Text(ja="期限切れ", en="over"),
    "access.page.token-made": Text(
        ja="トークンです。この画面でしか見られません。控えてください。",
        en="This is the token. It is shown only here; keep it now.",
    ),
    "access.scope.read": Text(ja="読む", en="read"),
    "access.scope.write": Text(ja="読み書き", en="read and write"),
    "access.scope.admin": Text(ja="管理", en="administer"),
    # Audit.
    "access.page.audit": Text(ja="監査記録", en="Audit log"),
    "access.page.audit-about": Text(
        ja="だれが、いつ、何をしたか。消すことも書き換えることもできません。改ざんの有無は megane audit verify で確かめられます。",
        en="Who did what, and when. It cannot be changed; megane audit verify shows whether it was.",
    ),
    "access.page.when": Text(ja="日時", en="When"),
    "access.page.who": Text(ja="だれが", en="Who"),
    "access.page.what": Text(ja="何を", en="What"),
    "access.page.about": Text(ja="対象", en="On what"),
    "access.page.older": Text(ja="前の記録", en="Older"),
    # Roles.
    "access.role.member": Text(ja="課員", en="member"),
    "access.role.group_leader": Text(ja="グループリーダー", en="group leader"),
    "access.role.section_chief": Text(ja="課長・室長", en="section chief"),
    "access.role.department_head": Text(ja="部長", en="department head"),
    "access.role.cio": Text(ja="副市長(CIO)", en="CIO"),
    "access.role.mayor": Text(ja="市長", en="mayor"),
    "access.role.digital": Text(ja="デジタル推進", en="digital promotion"),
    "access.role.reform": Text(ja="総務・財政", en="organisation and budget"),
    "access.role.auditor": Text(ja="監査", en="auditor"),
}
