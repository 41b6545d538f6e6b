"""Texts of `megane provision`: who a device is."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from city.messages.text import Text

TEXTS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "provision.device": Text(
            ja="「{device}」は装置の id として使えません。半角小文字・数字・「_」・「-」で 64 文字までにしてください。",
            en="`{device}` cannot be a device's id: lower-case letters, digits, `_` and `-`, 64 at most.",
        ),
        "provision.code": Text(
            ja="このコードでは登録できません。使用済みか、期限切れか、書き間違いです。新しいコードを発行してください"
            "(`megane provision code 装置`)。",
            en="This code is not good: used, too old, or mistyped. Have a new one made (`megane provision code DEVICE`).",
        ),
        "provision.renewal": Text(
            ja="証明書を更新できません: {problem}。期限切れや取り消しのときは、新しいコードで登録し直してください"
            "(`megane provision code 装置`)。",
            en="The certificate is not renewed: {problem}. One that has ended or is revoked needs a new code "
            "(`megane provision code DEVICE`).",
        ),
        "provision.off": Text(
            ja="この市では装置用の入口(設定の [mqtt.devices])を開いていません。設定してから、もう一度動かしてください。",
            en="This city has no way in for devices ([mqtt.devices] in its settings). Set it up, and start it anew.",
        ),
        "provision.help": Text(ja="装置を登録する・取り消す。", en="Enrol devices, and revoke them."),
        "provision.help-code": Text(
            ja="装置を登録するための、一度だけ使えるコードを作る(48 時間有効)。\n\n例: `megane provision code rpi-toba`",
            en="A code for enrolling a device, good once and for 48 hours.\n\nExample: `megane provision code rpi-toba`",
        ),
        "provision.help-revoke": Text(
            ja="装置の証明書を取り消す。装置はすぐに締め出されます。\n\n例: `megane provision revoke rpi-toba`",
            en="Revokes a device's certificates: it is out at once.\n\nExample: `megane provision revoke rpi-toba`",
        ),
        "provision.help-list": Text(
            ja="証明書の一覧。\n\n例: `megane provision list --json`",
            en="All certificates.\n\nExample: `megane provision list --json`",
        ),
        "provision.column-device": Text(ja="装置", en="device"),
        "provision.column-serial": Text(ja="番号", en="serial"),
        "provision.column-issued": Text(ja="発行", en="issued"),
        "provision.column-ends": Text(ja="期限", en="ends"),
        "provision.column-revoked": Text(ja="取り消し", en="revoked"),
        "provision.made": Text(
            ja="{device} の登録コード: {code}\n48 時間以内に、装置で python -m edge.enrol --city URL --code {code} を実行してください。",
            en="{device}'s code: {code}\nWithin 48 hours, on the device: python -m edge.enrol --city URL --code {code}",
        ),
        "provision.revoked": Text(
            ja="{device} の証明書 {count} 件を取り消しました。", en="{count} certificate(s) of {device} are revoked."
        ),
        "provision.request": Text(
            ja="証明書の申請が使えません: {problem}。装置で作り直してください。",
            en="The request for a certificate cannot be used: {problem}. Make it anew on the device.",
        ),
    }
)
