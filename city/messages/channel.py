"""Texts about channels of `notify`: what is wrong with one, what stands in a message, and the command line."""

from collections.abc import Mapping
from typing import Final

from city.messages.text import Text

TEXTS: Final[Mapping[str, Text]] = {
    "channel.empty": Text(
        ja="通知先 {channel} のファイル {file} に宛先がありません。1 行に 1 つ書いてください(例: mailtos://利用者:パスワード@サーバー?to=宛先)。",
        en="The file {file} of the channel {channel} has no address. Write one a line (such as mailtos://user:password@server?to=address).",
    ),
    "channel.no_url": Text(
        ja="通知先 {channel} のファイル {file} の {line} 行目は宛先ではありません。「サービス名://」で始めてください(秘密なので内容は表示しません)。",
        en="Line {line} of {file}, the file of the channel {channel}, is no address: it must begin with a service's name and ://. "
        "It may be a secret and is not shown.",
    ),
    "channel.unknown_service": Text(
        ja="通知先 {channel} のファイル {file} の {line} 行目: サービス「{service}」はありません。近いもの: {near}。一覧は Apprise の説明にあります。",
        en="Line {line} of {file}, the file of the channel {channel}: there is no service {service!r}. Nearest: {near}. "
        "Apprise's documentation lists all.",
    ),
    "channel.incomplete": Text(
        ja="通知先 {channel} のファイル {file} の {line} 行目: {service} の宛先として足りないか、間違っています(秘密なので内容は表示しません)。",
        en="Line {line} of {file}, the file of the channel {channel}: something in the address of {service} is missing or wrong. "
        "It holds a secret and is not shown.",
    ),
    "channel.unknown": Text(
        ja="通知先 {channel} は設定の [channels] にありません。あるもの: {known}",
        en="The settings have no channel {channel} under [channels]. They have: {known}",
    ),
    "channel.reference": Text(ja="照会番号 {key}", en="Reference {key}"),
    "channel.trial": Text(
        ja="【試験】{city} からの通知の試験です\nこの通知が届いていれば、通知先 {channel} は使えます。対応はいりません。",
        en="[Test] A test from {city}\nIf you read this, the channel {channel} works. There is nothing to do.",
    ),
    "channel.delivered": Text(
        ja="{channel}({services})に送りました。照会番号 {key} の試験の通知が届いたか、受け取る側で確かめてください。",
        en="{channel} ({services}) took it. See over there that the test with the reference {key} came.",
    ),
    "channel.failed": Text(
        ja="{channel}({services})に送れませんでした: {reason} {answer}",
        en="{channel} ({services}) did not take it: {reason} {answer}",
    ),
    "channel.option-name": Text(ja="設定の [channels] にある名前", en="a name under [channels] in the settings"),
    "channel.help": Text(ja="メールやチャットの通知先。", en="Channels of mail and chat."),
    "channel.help-try": Text(
        ja="通知先に試験の通知を送り、どうなったかを言う。\n\n例: `megane channel try bosai-mail --settings megane.toml`",
        en="Sends a test to a channel, and says what became of it.\n\n"
        "Example: `megane channel try bosai-mail --settings megane.toml`",
    ),
}
