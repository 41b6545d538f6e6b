"""Texts of `firmware_sim`."""

from collections.abc import Mapping
from typing import Final

from city.messages.text import Text

TEXTS: Final[Mapping[str, Text]] = {
    "sim.unknown_scenario": Text(
        ja="シナリオ「{name}」はありません。次のどれかを指定してください: {known}",
        en="There is no scenario `{name}`. Take one of: {known}",
    ),
    "sim.twice": Text(
        ja="現象の名前「{name}」はもう使われています。別の名前にしてください。",
        en="The phenomenon `{name}` stands further up already. Choose another name.",
    ),
    "sim.no_outputs": Text(
        ja="装置「{device}」には動かせるもの(outputs)がありません。カタログに書くか、ここから消してください。",
        en="The device `{device}` has no outputs. Give it some in the catalog, or take it away here.",
    ),
    "sim.too_short": Text(
        ja="「{key}」が短すぎます。{least} 以上にしてください。",
        en="`{key}` is too short. Make it {least} or longer.",
    ),
    "sim.no_time": Text(
        ja="「{key}」を 0 にはできません。10m や 2h のように長さを書いてください。",
        en="`{key}` cannot be 0. Give it a length, as 10m or 2h.",
    ),
    "sim.span": Text(
        ja="「span」は 0 より長く {longest} 以下にしてください。",
        en="`span` must be longer than 0 and at most {longest}.",
    ),
    "sim.too_many_connections": Text(
        ja="{needed} 台を同時につなぐには、開けるファイルの上限({limit})が足りません。"
        "「ulimit -n {needed}」で上限を上げてから、もう一度実行してください。",
        en="{needed} connections need more open files than this process may have ({limit}). "
        "Raise the limit with `ulimit -n {needed}` and run it again.",
    ),
    "sim.too_many_whole": Text(
        ja="本物のエージェントを動かす機器が {wanted} 台あります。一つのプロセスでは {most} 台までです。"
        "シナリオを「firmware: light」にしてください。",
        en="The real agent is to run on {wanted} devices; one process holds {most}. Say `firmware: light` in the scenario.",
    ),
    "sim.prefecture": Text(
        ja="「prefecture」の {devices} 台には足りません。{least} 台以上にし、市の目録に水位・雨量などのセンサーを置いてください。",
        en="A prefecture of {devices} devices cannot be made. Ask for {least} or more, of a city with sensors to copy.",
    ),
}
