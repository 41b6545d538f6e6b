"""Texts about people, tokens and the identity provider: what cannot be, and the command line."""

from collections.abc import Mapping
from typing import Final

from city.messages.text import Text

TEXTS: Final[Mapping[str, Text]] = {
    "people.login": Text(
        ja="ユーザー名「{login}」は使えません。英小文字、数字、. _ - @ で、64 文字までです。",
        en="The user name {login!r} cannot be used: lower-case letters, digits, . _ - @, at most 64.",
    ),
    "people.login_taken": Text(ja="ユーザー名 {login} はもう使われています。", en="The user name {login} is taken."),
    "people.no_name": Text(ja="名前がありません。", en="A name is missing."),
    "people.unknown": Text(ja="その職員はいません: {person}", en="There is no such person: {person}"),
    "people.unknown_unit": Text(
        ja="所属 {unit} は都市のカタログにありません。あるもの: {known}",
        en="The catalog has no department {unit}. It has: {known}",
    ),
    "people.unknown_role": Text(
        ja="役職 {role} はありません。あるもの: {known}", en="There is no role {role}. There are: {known}"
    ),
    "people.last_administrator": Text(
        ja="職員を管理できる人がだれもいなくなります。先にほかの人に「デジタル推進」の役職を付けてください。",
        en="Nobody would be left who may look after people. Give somebody else the role of digital promotion first.",
    ),
    "people.unknown_token": Text(ja="そのトークンはありません: {token}", en="There is no such token: {token}"),
    "people.token_days": Text(
        ja="有効日数 {days} は使えません。1 から {longest} 日です。", en="{days} days cannot be: 1 to {longest}."
    ),
    "people.password_length": Text(
        ja="パスワードは {shortest} 文字以上 {longest} 文字までにしてください。",
        en="A password has {shortest} to {longest} characters.",
    ),
    "people.provider_issuer": Text(
        ja="認証サービスの issuer「{issuer}」は https で始まるものにしてください。",
        en="The identity provider's issuer {issuer!r} must begin with https.",
    ),
    "people.provider_late": Text(
        ja="サインインに時間がかかりすぎました。もう一度始めてください。", en="The sign-in took too long. Begin again."
    ),
    "people.provider_untrusted": Text(
        ja="認証サービスの答えを確かめられません({problem})。もう一度始めてください。",
        en="The identity provider's answer cannot be trusted ({problem}). Begin again.",
    ),
    "people.provider_silent": Text(
        ja="認証サービス {issuer} が応答しません({problem})。",
        en="The identity provider {issuer} does not answer ({problem}).",
    ),
    "people.provider_other": Text(
        ja="認証サービス {issuer} が、別の名前 {other} を名乗っています。",
        en="The identity provider {issuer} calls itself {other}.",
    ),
    "people.first-link": Text(
        ja="最初の管理者はここでパスワードを決めます(48 時間、1 回だけ): {url}",
        en="The first administrator sets a password here (good once, for 48 hours): {url}",
    ),
    "people.audit-whole": Text(
        ja="監査記録 {lines} 行はつながっています。最後のハッシュ {hash} を別の場所に控えておけば、丸ごとの差し替えも分かります。",
        en="All {lines} lines of the audit log hold together. Note the last hash {hash} elsewhere: it shows a forgery of the whole.",
    ),
    "people.audit-broken": Text(
        ja="監査記録は {sequence} 行目でつながりが切れています。その行か前後の行が、消されたか書き換えられています。",
        en="The audit log is broken at line {sequence}: it, or one beside it, was changed or taken out.",
    ),
    "people.audit-not-expected": Text(
        ja="監査記録はつながっていますが、控えのハッシュ {expected} がどの行にもありません。",
        en="The audit log holds together, but no line of it has the hash {expected} that was noted.",
    ),
    "people.no-home": Text(
        ja="{home} に都市がありません。--home に megane up と同じフォルダーを指定してください。",
        en="There is no city in {home}. Name the folder of megane up with --home.",
    ),
    "people.option-scope": Text(ja="read(読む)、write(読み書き)、admin(管理)", en="read, write or admin"),
    "people.option-name": Text(ja="何に使うか", en="what it is for"),
    "people.option-days": Text(ja="有効日数", en="how many days it is good"),
    "people.option-token": Text(ja="トークンの番号(token list)", en="the token's id (token list)"),
    "people.option-expect": Text(ja="前に控えたハッシュ", en="a hash that was noted before"),
    "people.token-made": Text(
        ja="{token}\n「{name}」({scope}、{ends} まで)。ここでしか見られません。",
        en="{token}\n{name} ({scope}, until {ends}). It is shown only here.",
    ),
    "people.token-revoked": Text(ja="{id}「{name}」を取り消しました。", en="Revoked {id}, {name}."),
    "people.no-tokens": Text(ja="トークンはありません。", en="There are no tokens."),
    "people.column-id": Text(ja="番号", en="id"),
    "people.column-name": Text(ja="用途", en="what for"),
    "people.column-scope": Text(ja="できること", en="may"),
    "people.column-made": Text(ja="作成", en="made"),
    "people.column-ends": Text(ja="期限", en="ends"),
    "people.column-used": Text(ja="最後の利用", en="last used"),
    "people.column-revoked": Text(ja="取り消し", en="revoked"),
    "people.column-at": Text(ja="日時", en="when"),
    "people.column-who": Text(ja="だれが", en="who"),
    "people.column-what": Text(ja="何を", en="what"),
    "people.column-about": Text(ja="対象", en="on what"),
    "people.column-login": Text(ja="ユーザー名", en="user name"),
    "people.column-person": Text(ja="氏名", en="name"),
    "people.column-offices": Text(ja="役職", en="offices"),
    "people.column-disabled": Text(ja="停止", en="disabled"),
    "people.option-login": Text(ja="ユーザー名", en="the user name"),
    "people.option-person-name": Text(ja="氏名", en="the name"),
    "people.option-mail": Text(ja="メールアドレス", en="the mail address"),
    "people.option-office": Text(
        ja="役職@所属(何度でも)。市全体の役職は所属なし",
        en="role@department, repeatable; without one: of the whole city",
    ),
    "people.option-limit": Text(ja="何行", en="how many lines"),
    "people.link-made": Text(
        ja="{name} さんに、この都市のアドレスに続けて渡してください(48 時間、1 回だけ): {path}",
        en="Give {name} this, after the city's address (good once, for 48 hours): {path}",
    ),
    "people.disabled": Text(ja="{login} を停止しました。", en="Disabled {login}."),
    "people.help-token": Text(ja="プログラムの鍵(トークン)。", en="Keys for programs."),
    "people.help-token-create": Text(
        ja="トークンを作る。表示されるのは一度だけです。\n\n"
        "例: `megane token create --home /var/lib/megane --scope read --name Grafana`",
        en="A token, shown once.\n\nExample: `megane token create --home /var/lib/megane --scope read --name Grafana`",
    ),
    "people.help-token-list": Text(
        ja="トークンの一覧。\n\n例: `megane token list --json`", en="All tokens.\n\nExample: `megane token list --json`"
    ),
    "people.help-token-revoke": Text(
        ja="トークンを取り消す。\n\n例: `megane token revoke 1a2b3c4d`",
        en="Revokes a token.\n\nExample: `megane token revoke 1a2b3c4d`",
    ),
    "people.help-person": Text(ja="職員と役職。", en="People and their offices."),
    "people.help-person-list": Text(
        ja="職員の一覧。\n\n例: `megane person list`", en="Everybody.\n\nExample: `megane person list`"
    ),
    "people.help-person-add": Text(
        ja="職員を加え、パスワードのリンクを作る。\n\n"
        "例: `megane person add taro --name '鯖江 太郎' --office section_chief@bosai`",
        en="Adds a person, with a link for their password.\n\n"
        "Example: `megane person add taro --name 'Taro Sabae' --office section_chief@bosai`",
    ),
    "people.help-person-link": Text(
        ja="パスワードを決め直すリンクを作る。停止した人は戻ります。\n\n例: `megane person link taro`",
        en="A link for a new password; who was disabled is back.\n\nExample: `megane person link taro`",
    ),
    "people.help-person-disable": Text(
        ja="職員を停止する。サインインはすぐに切れます。\n\n例: `megane person disable taro`",
        en="Disables a person, and ends their sessions at once.\n\nExample: `megane person disable taro`",
    ),
    "people.help-audit": Text(ja="監査記録。", en="The audit log."),
    "people.help-audit-verify": Text(
        ja="監査記録が改ざんされていないか確かめる。\n\n例: `megane audit verify --home /var/lib/megane`",
        en="Whether the audit log was tampered with.\n\nExample: `megane audit verify --home /var/lib/megane`",
    ),
    "people.help-audit-list": Text(
        ja="新しい記録を見る。\n\n例: `megane audit list --limit 20`",
        en="The newest lines.\n\nExample: `megane audit list --limit 20`",
    ),
}
