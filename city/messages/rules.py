"""Texts of `megane rules reload`."""

from collections.abc import Mapping
from typing import Final

from city.messages.text import Text

TEXTS: Final[Mapping[str, Text]] = {
    "rules.not-running": Text(
        ja="{home} では都市が動いていません。`megane up` は起動のときに規則を読みます。--home を確かめてください。",
        en="No city is running on {home}. `megane up` reads the rules when it starts. Check --home.",
    ),
    "rules.new": Text(ja="新しい規則: {rules}", en="New: {rules}"),
    "rules.changed": Text(ja="変わった規則: {rules}", en="Changed: {rules}"),
    "rules.gone": Text(ja="なくなった規則: {rules}", en="Gone: {rules}"),
    "rules.same": Text(ja="規則はすでに適用されています。", en="These rules are in force already."),
    "rules.in-force": Text(
        ja="規則を適用しました（ジャーナル {position} 番から）。",
        en="The rules are in force (from entry {position} of the journal).",
    ),
    # megane/schemas.py
    "rules.schema-catalog": Text(ja="都市のカタログ(catalog/*.yaml)", en="A city's catalog (catalog/*.yaml)"),
    "rules.schema-rules": Text(ja="規則(rules/*.yaml)", en="Rules (rules/*.yaml)"),
    "rules.schema-playbook": Text(ja="業務の手順書(playbooks/*.yaml)", en="A playbook (playbooks/*.yaml)"),
    "rules.schema-scenario": Text(ja="模擬のシナリオ(scenarios/*.yaml)", en="A scenario (scenarios/*.yaml)"),
    "rules.schema-settings": Text(ja="設定(megane.toml)", en="Settings (megane.toml)"),
}
