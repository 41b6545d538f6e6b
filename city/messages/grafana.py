"""What is said about Grafana: in its dashboards, and by the commands that bring them there."""

from collections.abc import Mapping
from typing import Final

from city.messages.text import Text

TEXTS: Final[Mapping[str, Text]] = {
    # Dashboards.
    "grafana.folder": Text(ja="メガネ {city}", en="Megane {city}"),
    "grafana.overview": Text(ja="全体", en="overview"),
    "grafana.sensor": Text(ja="センサー", en="Sensor"),
    "grafana.ingestion": Text(ja="データの受け取り", en="Ingestion health"),
    "grafana.alerts-and-webhooks": Text(ja="警報と通知", en="Alerts and webhooks"),
    "grafana.alerts": Text(ja="警報", en="Alerts"),
    "grafana.others": Text(ja="ほかの画面", en="Other dashboards"),
    "grafana.severity": Text(ja="重大度", en="Severity"),
    "grafana.firing": Text(ja="今出ている警報", en="Alerts now"),
    "grafana.by-severity": Text(ja="警報の数(重大度ごと)", en="Alerts by severity"),
    "grafana.speaking": Text(ja="1時間以内に届いたセンサー", en="Sensors heard within the hour"),
    "grafana.when": Text(ja="警報が出ていた時間", en="When alerts fired"),
    "grafana.greatest-by-area": Text(ja="{what}(地区ごとの最大)", en="{what}, greatest by district"),
    "grafana.greatest": Text(ja="最大({step} ごと以上)", en="Greatest (steps of {step} or more)"),
    "grafana.mean": Text(ja="平均({step} ごと以上)", en="Mean (steps of {step} or more)"),
    "grafana.newest": Text(ja="最新の値", en="Newest readings"),
    "grafana.count": Text(ja="届いた観測の数", en="Readings that arrived"),
    "grafana.area": Text(ja="地区", en="District"),
    "grafana.quantity": Text(ja="量", en="Quantity"),
    "grafana.device": Text(ja="機器", en="Device"),
    "grafana.over-levels": Text(ja="観測値と基準", en="Readings over their levels"),
    "grafana.least-and-greatest": Text(ja="最小と最大", en="Least and greatest"),
    "grafana.messages": Text(ja="届いたメッセージ(毎秒)", en="Messages per second"),
    "grafana.readings": Text(ja="観測値の行き先(毎秒)", en="What became of readings, per second"),
    "grafana.lag": Text(ja="処理を待つ記録", en="Journal entries that wait"),
    "grafana.inbox": Text(ja="受け取り待ちのメッセージ", en="Messages that wait in the inbox"),
    "grafana.durations": Text(ja="処理時間(99 %)", en="Durations, 99th percentile"),
    "grafana.disk": Text(ja="ディスクの使用量", en="On disk"),
    "grafana.failures": Text(ja="失敗とやり直し(1時間)", en="Failures, tried again (1 h)"),
    "grafana.balance": Text(ja="行き先の決まっていない観測値", en="Readings not accounted for yet"),
    "grafana.events": Text(ja="警報の変化(1時間)", en="Changes of alerts (1 h)"),
    "grafana.webhooks": Text(ja="部署への通知(1時間)", en="Webhooks to departments (1 h)"),
    "grafana.attempts": Text(ja="通知の試み(1時間)", en="Attempts (1 h)"),
    "grafana.webhook-seconds": Text(ja="通知の応答時間(99 %)", en="Time to answer, 99th percentile"),
    # Commands.
    "grafana.unknown-readings": Text(
        ja="観測値の取り出し方「{given}」はありません。{known} のどれかを選んでください。",
        en="There is no way to ask for readings called `{given}`. Choose one of {known}.",
    ),
    "grafana.no-token": Text(
        ja="トークンのファイルがありません。--token-file で示してください。",
        en="There is no token file. Name one with --token-file.",
    ),
    "grafana.bad-url": Text(
        ja="Grafana の URL「{url}」が読めません。例: http://127.0.0.1:3000",
        en="The URL of Grafana `{url}` cannot be read. Like http://127.0.0.1:3000",
    ),
    "grafana.refused": Text(
        ja="Grafana が断りました({status}): {problem}。トークンの権限(フォルダーとダッシュボードの書き込み)を確かめてください。",
        en="Grafana refused ({status}): {problem}. See that the token may write folders and dashboards.",
    ),
    "grafana.unreachable": Text(
        ja="Grafana({url})につながりません: {problem}", en="Grafana ({url}) cannot be reached: {problem}"
    ),
    "grafana.folder-created": Text(ja="フォルダー作成: {title}", en="folder created: {title}"),
    "grafana.folder-renamed": Text(ja="フォルダー名変更: {title}", en="folder renamed: {title}"),
    "grafana.created": Text(ja="作成: {title}", en="created: {title}"),
    "grafana.updated": Text(ja="更新: {title}", en="updated: {title}"),
    "grafana.unchanged": Text(ja="{count} 件は変更なし", en="{count} unchanged"),
    "grafana.source-missing": Text(
        ja="データソース {uid} がまだ Grafana にありません。deploy/grafana の provisioning で加えてください。",
        en="Grafana has no data source {uid} yet. Provision it from deploy/grafana.",
    ),
    "grafana.written": Text(
        ja="{count} 個のファイルを {folder} に書きました。", en="{count} files written to {folder}."
    ),
    "grafana.help": Text(ja="Grafana の画面を作り、届けます。", en="Makes Grafana's dashboards and brings them there."),
    "grafana.help-push": Text(
        ja="画面を Grafana のフォルダーに入れ、変えたものを表示します。何度でも実行できます。\n\n"
        "例: `megane grafana push --url http://127.0.0.1:3000 --token-file grafana.token`",
        en="Puts the dashboards into a folder of Grafana and prints what it changed. Run it as often as you like.\n\n"
        "Example: `megane grafana push --url http://127.0.0.1:3000 --token-file grafana.token`",
    ),
    "grafana.help-write": Text(
        ja="画面を JSON のファイルとして書きます(provisioning 用)。\n\n"
        "例: `megane grafana write deploy/grafana/dashboards`",
        en="Writes the dashboards as JSON files, for provisioning.\n\n"
        "Example: `megane grafana write deploy/grafana/dashboards`",
    ),
    "grafana.option-url": Text(ja="Grafana の URL", en="URL of Grafana"),
    "grafana.option-token-file": Text(
        ja="サービスアカウントのトークンが入ったファイル", en="file with a service account's token"
    ),
    "grafana.option-folder": Text(ja="書き込むフォルダー", en="folder to write to"),
    "grafana.option-readings": Text(
        ja="観測値の取り出し方: promql(都市から直接)か influxql(InfluxDB から)",
        en="how readings are asked for: promql (from the city) or influxql (from InfluxDB)",
    ),
}
