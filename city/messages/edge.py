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
        "edge.tls": Text(
            ja="証明書が使えません: {problem}。[tls] のファイルを確かめてください。",
            en="The certificates cannot be used: {problem}. Check the files under [tls].",
        ),
    }
)
