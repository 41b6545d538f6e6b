"""Texts of `megane security`: what was refused."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from city.messages.text import Text

TEXTS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "security.help": Text(ja="拒んだ接続や操作を見る。", en="What was refused."),
        "security.help-list": Text(
            ja="拒んだことの一覧(90 日分)。同じ種類・装置や利用者・時間のものは一行にまとめます。"
            "\n\n例: `megane security list --device rpi-toba`",
            en="All that was refused in 90 days; one line for what is of one kind, device or user, and hour."
            "\n\nExample: `megane security list --device rpi-toba`",
        ),
        "security.option-kind": Text(ja="この種類だけ", en="Only this kind"),
        "security.option-device": Text(ja="この装置(または利用者)だけ", en="Only of this device (or user)"),
        "security.option-limit": Text(ja="新しいものから何行まで", en="So many lines at most, the newest first"),
        "security.column-last": Text(ja="最後", en="last"),
        "security.column-kind": Text(ja="種類", en="kind"),
        "security.column-device": Text(ja="装置・利用者", en="device or user"),
        "security.column-count": Text(ja="回数", en="count"),
        "security.column-detail": Text(ja="詳細", en="detail"),
        "security.none": Text(ja="拒んだことはありません。", en="Nothing was refused."),
        "security.unknown-kind": Text(
            ja="「{kind}」という種類はありません。次のどれかにしてください: {known}。",
            en="There is no kind `{kind}`. There are: {known}.",
        ),
        "security.kind-certificate_refused": Text(
            ja="証明書を拒否(取り消し済み・期限切れ・別の認証局)",
            en="certificate refused (revoked, ended or of another authority)",
        ),
        "security.kind-certificate_missing": Text(ja="証明書のない接続を拒否", en="connection without a certificate"),
        "security.kind-handshake_failed": Text(ja="TLS でない接続を拒否", en="connection that is no TLS"),
        "security.kind-login_refused": Text(ja="名前かパスワードの誤り", en="wrong name or password"),
        "security.kind-wrong_topic": Text(ja="装置のものでないトピック", en="topic that is not the device's"),
        "security.kind-others_numbers": Text(ja="他の装置のメッセージ番号", en="another device's message numbers"),
        "security.kind-configuration_refused": Text(
            ja="装置が設定を受け取らなかった", en="configuration refused by the device"
        ),
        "security.kind-command_replayed": Text(
            ja="命令が繰り返し届いた(実行せず)", en="command that came again (not obeyed)"
        ),
        "security.kind-command_late": Text(ja="命令が遅れて届いた(実行せず)", en="command that came late (not obeyed)"),
        "security.kind-enrolment_refused": Text(
            ja="登録を拒否(コードの誤り・使用済み・期限切れ)", en="enrolment refused (code wrong, used or too old)"
        ),
        "security.kind-renewal_refused": Text(ja="証明書の更新を拒否", en="renewal of a certificate refused"),
        "security.kind-sign_in_refused": Text(ja="職員のサインインを拒否", en="sign-in refused"),
        "security.kind-sign_in_throttled": Text(
            ja="失敗が続いたサインインを受け付けず", en="sign-in not heard after too many failures"
        ),
        "security.kind-provider_refused": Text(
            ja="認証サービスからのサインインを拒否", en="sign-in by the identity provider refused"
        ),
        "security.kind-token_refused": Text(
            ja="プログラムのトークンを拒否(誤り・期限切れ・取り消し済み)",
            en="a program's token refused (made up, ended or revoked)",
        ),
        "security.kind-request_refused": Text(ja="API への要求を入口で拒否", en="request refused at the API's gate"),
    }
)
