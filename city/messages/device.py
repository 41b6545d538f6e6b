"""Texts of `megane device`, and of what the city asks of devices."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from city.messages.text import Text

TEXTS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "device.help": Text(
            ja="装置を見る・設定する・動かす。", en="Look at devices, say what they are to be and to do."
        ),
        "device.help-list": Text(
            ja="装置の一覧。\n\n例:\n\n- `megane device list --json`\n\n- `megane device list --unregistered`",
            en="All devices.\n\nExamples:\n\n- `megane device list --json`\n\n- `megane device list --unregistered`",
        ),
        "device.option-unregistered": Text(
            ja="聞こえているのにカタログにない装置を並べる", en="Those that are heard and not in the catalog"
        ),
        "device.none-unregistered": Text(
            ja="カタログにない装置からは、何も届いていません。",
            en="Nothing came from a device that the catalog does not have.",
        ),
        "device.how-to-register": Text(
            ja="カタログに書く下書きは megane device show {device} で出ます。書いて起動し直したら、"
            "megane quarantine resend --device で、隔離にある値を取り込みます。",
            en="`megane device show {device}` gives a draft for the catalog. Once it is there and the city was started anew, "
            "`megane quarantine resend --device` brings the readings back that lie in the quarantine.",
        ),
        "device.is-unregistered": Text(
            ja="# {device} はカタログにありません。{topics} で {first} から {last} まで聞こえ、隔離に {pieces} 件あります。\n"
            "# カタログに書く下書きです。「?」を埋めてください(残りは megane check が示します)。",
            en="# {device} is not in the catalog. Heard under {topics} from {first} to {last}; {pieces} piece(s) of it lie in "
            "the quarantine.\n# A draft for the catalog: fill in each `?` (`megane check` says which are still open).",
        ),
        "device.column-topics": Text(ja="トピック", en="topics"),
        "device.column-form": Text(ja="方式", en="form"),
        "device.column-first-heard": Text(ja="最初の受信", en="first heard"),
        "device.column-pieces": Text(ja="隔離の件数", en="pieces"),
        "device.column-samples": Text(ja="送ってきた値", en="sends"),
        "device.help-show": Text(
            ja="装置一台の様子。\n\n例: `megane device show rpi-toba`",
            en="One device.\n\nExample: `megane device show rpi-toba`",
        ),
        "device.help-configure": Text(
            ja="装置の設定を変える。装置は確かめてから受け取り、つながらなくなれば元に戻します。"
            "\n\n例: `megane device configure rpi-toba toba.json`",
            en="Says what a device is to be. It checks that first, and goes back where it cannot connect with it."
            "\n\nExample: `megane device configure rpi-toba toba.json`",
        ),
        "device.help-command": Text(
            ja="装置に命令を送り、結果を待つ。期限に遅れた命令は実行されません。"
            "\n\n例:\n\n- `megane device command rpi-toba sample`"
            "\n\n- `megane device command rpi-under-oguro set message=通行止 --within 120`"
            "\n\n- `megane device command rpi-kurotsu-gate set gate=closed`",
            en="Gives a device a command, and waits for what becomes of it. A late one is never obeyed."
            "\n\nExamples:\n\n- `megane device command rpi-toba sample`"
            "\n\n- `megane device command rpi-under-oguro set message=通行止 --within 120`"
            "\n\n- `megane device command rpi-kurotsu-gate set gate=closed`",
        ),
        "device.help-replace": Text(
            ja="故障した装置を新しい機器に取り替える。古い機器はすぐに締め出され、新しい機器のための一度だけ使えるコードを"
            "発行します。設定・命令・測定値は引き継がれます。\n\n例: `megane device replace rpi-toba`",
            en="New hardware takes a device's place: the old one is out at once, and a code for the new one is made. "
            "Configuration, commands and readings stay.\n\nExample: `megane device replace rpi-toba`",
        ),
        "device.replaced": Text(
            ja="{device} の古い機器を締め出しました。新しい機器の登録コード: {code}\n"
            "48 時間以内に、新しい機器で python -m edge.enrol --city URL --code {code} を実行してください。",
            en="{device}'s old hardware is out. The code for the new one: {code}\n"
            "Within 48 hours, on the new one: python -m edge.enrol --city URL --code {code}",
        ),
        "device.option-device": Text(ja="装置の id", en="The device's id"),
        "device.option-file": Text(
            ja="設定(JSON)。revision は市が付けます", en="The configuration (JSON), without a revision"
        ),
        "device.option-name": Text(
            ja="命令の名前(ping、sample、set、restart など)", en="The command (ping, sample, set, restart, …)"
        ),
        "device.option-arguments": Text(ja="命令に添える値", en="What goes with it"),
        "device.option-within": Text(ja="この秒数を過ぎたら実行しない", en="Late after so many seconds"),
        "device.column-device": Text(ja="装置", en="device"),
        "device.column-state": Text(ja="状態", en="state"),
        "device.column-version": Text(ja="版", en="version"),
        "device.column-spool": Text(ja="未送信", en="waiting"),
        "device.column-spool-hours": Text(ja="満杯まで(時間)", en="hours until it is full"),
        "device.column-clock": Text(ja="時計", en="clock"),
        "device.column-skew": Text(ja="時計のずれ(ms)", en="skew (ms)"),
        "device.column-measured-skew": Text(ja="市が測った時計のずれ(ms)", en="skew measured by the city (ms)"),
        # In the list, where there is little room.
        "device.column-city-skew": Text(ja="ずれ(市, ms)", en="skew (city, ms)"),
        "device.column-revision": Text(ja="設定の版", en="revision"),
        "device.column-refused": Text(ja="受け取らなかった設定", en="refused"),
        "device.column-fault": Text(ja="読めない・動かせない", en="does not work:"),
        "device.column-output": Text(ja="出力", en="output"),
        "device.column-certificate": Text(ja="証明書の期限", en="certificate until"),
        "device.column-renewal": Text(ja="証明書を更新できない理由", en="certificate not renewed"),
        "device.column-heard": Text(ja="最後の受信", en="heard"),
        "device.online": Text(ja="接続中", en="online"),
        "device.offline": Text(ja="切断", en="offline"),
        "device.never": Text(ja="未接続", en="never heard"),
        "device.configured": Text(
            ja="{device} の設定を第 {revision} 版にしました。装置が受け取ったかどうかは device show で分かります。",
            en="{device} is to run revision {revision}. Whether it does, `device show` says.",
        ),
        "device.done": Text(ja="{device}: {name} を実行しました。{detail}", en="{device}: {name} is done. {detail}"),
        "device.not-done": Text(
            ja="{device}: {name} は実行されませんでした({why})。{detail} 装置の様子を device show で確かめてください。",
            en="{device}: {name} was not done ({why}). {detail} See how the device is with `device show`.",
        ),
        "device.why-late": Text(ja="期限に遅れて届いた", en="it came too late"),
        "device.why-no_clock": Text(ja="装置の時計が合っていない", en="the device does not know the time"),
        "device.why-seen": Text(ja="前に届いた命令と同じ", en="it was there before"),
        "device.why-unknown": Text(ja="装置が知らない命令か値", en="the device knows no such command or value"),
        "device.why-failed": Text(ja="試したが、できなかった", en="it was tried, and did not work"),
        "device.why-expired": Text(ja="期限までに返事がない", en="nobody answered in time"),
        "device.unknown": Text(
            ja="装置 {device} はカタログにありません。device list で確かめてください。",
            en="There is no device {device} in the catalog. See `device list`.",
        ),
        "device.file": Text(
            ja="設定ファイル {file} が使えません: {problem}。JSON で書いてください。",
            en="The configuration in {file} cannot be used: {problem}. It must be JSON.",
        ),
        "device.argument": Text(
            ja="「{found}」は使えません。名前=値 の形で書いてください。",
            en="`{found}` cannot be used. Write name=value.",
        ),
    }
)
