"""What the agent on a device says."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from city.messages.text import Text

TEXTS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "edge.settings": Text(
            ja="設定ファイル {file} が使えません: {problem}。直してから、もう一度動かしてください。",
            en="The settings in {file} cannot be used: {problem}. Mend them, then start again.",
        ),
        "edge.password": Text(
            ja="パスワードのファイル {file} が読めません: {problem}。1 行目にパスワードを書き、サービスから読めるようにしてください。",
            en="The password file {file} cannot be read: {problem}. Put the password on its first line, readable for us.",
        ),
        "edge.folder": Text(
            ja="フォルダー {folder} に書けません: {problem}。置き場と権限を確かめてください。",
            en="The folder {folder} cannot be written: {problem}. Check where it is and whose.",
        ),
        "edge.running": Text(
            ja="このフォルダー ({folder}) では、もうエージェントが動いています。二つ同時には動かせません。",
            en="An agent is running with this folder ({folder}) already. Two at once cannot be.",
        ),
        "edge.enrol-code": Text(
            ja="登録コードの書き方が違います。市から受け取ったとおりに入力してください。",
            en="That is no code. Type it as the city gave it.",
        ),
        "edge.enrol-no-tls": Text(
            ja="設定ファイル {file} に [tls] がありません。証明書の置き場を書いてください。",
            en="There is no [tls] in {file}. Say there where the certificates are to lie.",
        ),
        "edge.enrol-openssl": Text(
            ja="鍵を作れません: {problem}。openssl を入れてください(sudo apt install openssl)。",
            en="No key could be made: {problem}. Install openssl (sudo apt install openssl).",
        ),
        "edge.enrol-refused": Text(
            ja="市 {city} が登録を断りました: {said}",
            en="The city at {city} refuses: {said}",
        ),
        "edge.enrol-unreachable": Text(
            ja="市 {city} につながりません: {problem}。アドレスと通信を確かめてください。",
            en="The city at {city} cannot be reached: {problem}. Check the address and the network.",
        ),
        "edge.enrol-forged": Text(
            ja="{city} の返事は、登録コードを知る市のものではありません。何も書き込んでいません。アドレスと通信経路を確かめてください。",
            en="What answers at {city} does not know the code: it is not your city. Nothing was written. Check the address and the way there.",
        ),
        "edge.enrol-other": Text(
            ja="このコードは {other} のものです。この装置は {device} です。{device} のコードを発行してください。",
            en="This code is for {other}, and this device is {device}. Have one made for {device}.",
        ),
        "edge.renew-address": Text(
            ja="市の API のアドレスが書かれていないので、証明書を更新できません。新しいコードで登録し直してください。",
            en="The address of the city's API is not written down, so the certificate cannot be renewed: enrol anew.",
        ),
        "edge.tls": Text(
            ja="証明書が使えません: {problem}。[tls] のファイルを確かめてください。",
            en="The certificates cannot be used: {problem}. Check the files under [tls].",
        ),
    }
)
