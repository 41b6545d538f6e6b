"""Texts of `api`: problems first, then pages from the top of the live page down."""

from collections.abc import Mapping
from typing import Final

from city.messages.text import Text

TEXTS: Final[Mapping[str, Text]] = {
    # Problems: what is wrong, and what would be right.
    "api.problem.bad-request": Text(ja="要求が正しくありません", en="Bad request"),
    "api.problem.unknown": Text(ja="サインインが必要です", en="Sign-in needed"),
    "api.problem.too-many": Text(ja="要求が多すぎます", en="Too many requests"),
    "api.problem.forbidden": Text(ja="許可されていません", en="Forbidden"),
    "api.problem.not-found": Text(ja="見つかりません", en="Not found"),
    "api.problem.not-allowed": Text(ja="この操作はできません", en="Method not allowed"),
    "api.problem.conflict": Text(ja="いまの状態と食い違っています", en="Conflict"),
    "api.problem.not-possible": Text(ja="そのようにはできません", en="Not possible so"),
    "api.problem.too-large": Text(ja="要求が大きすぎます", en="Too large"),
    "api.problem.broken": Text(ja="内部で誤りが起きました", en="Something went wrong here"),
    "api.problem.unavailable": Text(ja="今は応答できません", en="Not available now"),
    "api.time-unreadable": Text(
        ja="{name} の時刻「{given}」を読めません。2024-06-23T10:00:00+09:00 のような ISO 8601 か、1970年からの秒数で書いてください。",
        en="{name}: cannot read the time {given!r}. Write ISO 8601 such as 2024-06-23T10:00:00+09:00, or seconds since 1970.",
    ),
    "api.time-without-zone": Text(
        ja="{name} の時刻「{given}」に時差がありません。+09:00(日本時間)か Z(世界時)を付けてください。",
        en="{name}: the time {given!r} has no zone. Add +09:00 (Japan) or Z (UTC).",
    ),
    "api.duration-unreadable": Text(
        ja="{name} の長さ「{given}」を読めません。90s、10m、1h、7d のように書いてください。",
        en="{name}: cannot read the duration {given!r}. Write 90s, 10m, 1h or 7d.",
    ),
    "api.span-empty": Text(
        ja="期間が空です。from({start})を to({end})より前にしてください。",
        en="The span is empty: from ({start}) must lie before to ({end}).",
    ),
    "api.too-many-points": Text(
        ja="{points} 点になります。一度に {limit} 点までです。期間を短くするか、every={every} 以上にしてください。",
        en="That is {points} points; {limit} at most at once. Ask for a shorter span, or for every={every} or more.",
    ),
    "api.agg-without-every": Text(
        ja="agg={agg} には every(まとめる長さ)が必要です。例: every=1h&agg={agg}",
        en="agg={agg} needs every, the length of a step. For example every=1h&agg={agg}.",
    ),
    "api.device-of-others": Text(
        ja="装置 {device} はほかの方式で話すので、市からの設定や命令は届きません。その装置の道具で設定してください。",
        en="The device {device} speaks otherwise than ours, and takes no configuration or command from the city. "
        "Use the tools of its own.",
    ),
    "api.unknown-device": Text(
        ja="機器「{device}」は台帳にありません。/v1/devices に一覧があります。",
        en="The catalog has no device {device!r}. /v1/devices lists them.",
    ),
    "api.unknown-sensor": Text(
        ja="機器「{device}」にセンサー「{sensor}」はありません。あるのは: {known}",
        en="Device {device!r} has no sensor {sensor!r}. It has: {known}",
    ),
    "api.unknown-quantity": Text(
        ja="量「{given}」はありません。あるのは: {known}", en="There is no quantity {given!r}. There are: {known}"
    ),
    "api.unknown-area": Text(
        ja="地区「{given}」は台帳にありません。あるのは: {known}",
        en="The catalog has no area {given!r}. It has: {known}",
    ),
    "api.unknown-letter": Text(
        ja="届かなかった通知「{id}」はありません。/v1/webhooks/dead-letters に一覧があります。",
        en="There is no dead letter {id!r}. /v1/webhooks/dead-letters lists them.",
    ),
    "api.unknown-host": Text(
        ja="「{host}」という名前では呼び出せません。設定の http.allowed_hosts に加えてください。",
        en="Not to be called as {host!r}. Add that name to http.allowed_hosts in the settings.",
    ),
    "api.other-origin": Text(
        ja="変更は、この画面自身からだけ受け付けます。別のサイトのページからは操作できません。",
        en="Changes are taken from our own pages alone, not from a page of another site.",
    ),
    "api.too-many-clients": Text(
        ja="同時に見られるのは {limit} 人までです。少し待つと自動でつながります。",
        en="At most {limit} can look on at once. The connection is made by itself when there is room.",
    ),
    "api.unavailable": Text(
        ja="データの保管先が今は応答しません。受信は続いており、何も失われません。少し待ってからもう一度開いてください。",
        en="The store does not answer at the moment. Readings are still taken in and nothing is lost. Try again shortly.",
    ),
    "api.invalid": Text(ja="指定に誤りがあります: {mistakes}", en="There are mistakes in the request: {mistakes}"),
    "api.no-such-page": Text(
        ja="「{path}」はありません。使えるものは /openapi.json にあります。",
        en="There is no {path!r}. /openapi.json lists what there is.",
    ),
    "api.method-not-allowed": Text(
        ja="「{path}」に {method} は使えません。使えるものは /openapi.json にあります。",
        en="{path!r} does not take {method}. /openapi.json lists what there is.",
    ),
    "api.too-large": Text(ja="要求が大きすぎます。64 KB までです。", en="The request is too large; 64 KB at most."),
    "api.refused": Text(ja="受け付けられません: {reason}", en="Refused: {reason}"),
    "api.broken": Text(
        ja="この画面を作れませんでした。受信と警報の判定は続いています。",
        en="This could not be made. Readings are still taken in and alerts judged.",
    ),
    # The page of a refusal, for people.
    "api.refusal.signed-out": Text(
        ja="サインインしていないか、サインインの期限が切れました。この操作は行われていません。",
        en="You are not signed in, or your session is over. Nothing was done.",
    ),
    "api.refusal.no-such-page": Text(ja="「{path}」というページはありません。", en="There is no page {path!r}."),
    "api.refusal.method-not-allowed": Text(
        ja="「{path}」では、この操作({method})はできません。", en="{path!r} does not take {method}."
    ),
    "api.refusal.invalid": Text(
        ja="入力した内容か、開こうとしたアドレスに誤りがあります({mistakes})。",
        en="What was entered, or the address, is mistaken ({mistakes}).",
    ),
    "api.refusal.todo-400": Text(
        ja="前のページに戻って、入力した内容を確かめてください。", en="Go back and look at what you entered."
    ),
    "api.refusal.todo-401": Text(ja="サインインしてから、もう一度操作してください。", en="Sign in, then try again."),
    "api.refusal.todo-403": Text(
        ja="権限が必要なときは、所属の課長かデジタル推進課に相談してください。",
        en="Where you need the right, ask your section chief or the digital section.",
    ),
    "api.refusal.todo-404": Text(
        ja="アドレスを確かめるか、今の状況から探してください。",
        en="Check the address, or look for it from the page of what is now.",
    ),
    "api.refusal.todo-405": Text(ja="前のページに戻って、操作し直してください。", en="Go back and try again."),
    "api.refusal.todo-409": Text(
        ja="ほかの人が先に変えています。前のページを開き直して、いまの内容を見てから操作してください。",
        en="Somebody else was first. Open the page anew and look at what stands now.",
    ),
    "api.refusal.todo-429": Text(ja="少し待ってから、もう一度操作してください。", en="Wait a little, then try again."),
    "api.refusal.todo-500": Text(
        ja="もう一度開いても同じときは、時刻とこの画面のアドレスを添えて、デジタル推進課に知らせてください。",
        en="Where it happens again, tell the digital section the time and the address of this page.",
    ),
    "api.refusal.todo-503": Text(
        ja="少し待ってから、もう一度開いてください。急ぐときは、担当課に電話で確かめてください。",
        en="Open it again shortly. Where it is urgent, ask the section by telephone.",
    ),
    "api.refusal.again": Text(ja="もう一度開く", en="Open again"),
    "api.refusal.back": Text(ja="前のページに戻る", en="Back to where you were"),
    "api.refusal.to-now": Text(ja="今の状況を見る", en="What is now"),
    # Marks: the five official alert levels, then our own severities.
    "api.mark.calm": Text(ja="平常", en="Normal"),
    "api.mark.silent": Text(ja="データなし", en="No data"),
    "api.mark.level-1": Text(ja="警戒レベル1 早期注意", en="Alert level 1: early notice"),
    "api.mark.level-2": Text(ja="警戒レベル2相当 注意", en="Alert level 2: advisory"),
    "api.mark.level-3": Text(ja="警戒レベル3相当 警戒", en="Alert level 3: warning"),
    "api.mark.level-4": Text(ja="警戒レベル4相当 危険", en="Alert level 4: danger"),
    "api.mark.level-5": Text(ja="警戒レベル5相当 災害切迫", en="Alert level 5: disaster imminent"),
    "api.mark.severity-1": Text(ja="お知らせ", en="Notice"),
    "api.mark.severity-2": Text(ja="確認", en="Check"),
    "api.mark.severity-3": Text(ja="要対応", en="Action needed"),
    "api.mark.severity-4": Text(ja="至急", en="Urgent"),
    "api.mark.severity-5": Text(ja="最優先", en="Top priority"),
    "api.mark.short.calm": Text(ja="平常", en="normal"),
    "api.mark.short.silent": Text(ja="データなし", en="no data"),
    "api.mark.short.level-1": Text(ja="早期注意", en="early notice"),
    "api.mark.short.level-2": Text(ja="注意", en="advisory"),
    "api.mark.short.level-3": Text(ja="警戒", en="warning"),
    "api.mark.short.level-4": Text(ja="危険", en="danger"),
    "api.mark.short.level-5": Text(ja="災害切迫", en="disaster imminent"),
    "api.mark.short.severity-1": Text(ja="お知らせ", en="notice"),
    "api.mark.short.severity-2": Text(ja="確認", en="to check"),
    "api.mark.short.severity-3": Text(ja="要対応", en="action needed"),
    "api.mark.short.severity-4": Text(ja="至急", en="urgent"),
    "api.mark.short.severity-5": Text(ja="最優先", en="top priority"),
    "api.silent-title": Text(ja="データが届いていません", en="No data arriving"),
    # Times and values.
    "api.ago.now": Text(ja="たった今", en="just now"),
    "api.ago.minutes": Text(ja="{n}分前", en="{n} min ago"),
    "api.ago.hours": Text(ja="{n}時間前", en="{n} h ago"),
    "api.ago.days": Text(ja="{n}日前", en="{n} d ago"),
    "api.on": Text(ja="入", en="on"),
    "api.off": Text(ja="切", en="off"),
    # Every page.
    "api.page.skip": Text(ja="本文へ移動", en="Skip to content"),
    "api.page.now": Text(ja="今の状況", en="Now"),
    "api.page.sensors": Text(ja="センサー一覧", en="All sensors"),
    "api.page.nav": Text(ja="主なページ", en="Main pages"),
    "api.page.other-language": Text(ja="English", en="日本語"),
    "api.page.footer": Text(
        ja="時刻は日本時間です。発令や避難の判断は、市と気象台・河川管理者の発表で確かめてください。",
        en="Times are Japan time. For evacuation, follow what the city, the weather service and river authorities announce.",
    ),
    "api.page.open-api": Text(ja="データの取り出し方(OpenAPI)", en="Take the data out (OpenAPI)"),
    # The live page.
    "api.live.title": Text(ja="今の状況", en="Now"),
    "api.live.calm": Text(ja="平常です", en="All is normal"),
    "api.live.calm-but-silent": Text(ja="平常です(データなし {n}か所)", en="Normal, with no data from {n}"),
    "api.live.blind": Text(ja="今の状況は分かりません", en="The situation is unknown"),
    "api.live.count": Text(ja="{name} {n}件", en="{n} {name}"),
    "api.live.other-count": Text(ja="ほか {n}件", en="{n} more"),
    "api.live.joint": Text(ja="・", en=", "),
    "api.live.calm-detail": Text(
        ja="{n} 個のセンサーに、基準を超えたものはありません。", en="None of {n} sensors is beyond its thresholds."
    ),
    "api.live.blind-detail": Text(
        ja="{since}から新しい観測値が届いていません。現地か電話で確かめてください。",
        en="No new readings since {since}. Check on site or by telephone.",
    ),
    "api.live.blind-ever": Text(
        ja="まだ観測値が一つも届いていません。機器とネットワークを確かめてください。",
        en="No reading has arrived yet. Check the devices and the network.",
    ),
    "api.live.taken": Text(ja="対応中 {name}", en="In hand: {name}"),
    "api.live.who": Text(ja="担当 {names}", en="With {names}"),
    "api.live.as-of": Text(ja="最新の観測", en="Newest reading"),
    "api.live.map": Text(ja="地図", en="Map"),
    "api.live.map-label": Text(
        ja="センサーの地図。同じ内容がセンサー一覧にあります。",
        en="Map of the sensors. The list of all sensors says the same.",
    ),
    "api.live.map-without-script": Text(
        ja="この環境では地図を表示できません。センサー一覧をご覧ください。",
        en="The map cannot be shown here. See the list of all sensors.",
    ),
    "api.live.alarms": Text(ja="起きていること", en="What is the matter"),
    "api.live.no-alarms": Text(ja="基準を超えている所はありません。", en="Nothing is beyond its thresholds."),
    "api.live.silences": Text(ja="データが届いていない所", en="Where no data arrives from"),
    "api.live.suppressed": Text(ja="通知は止めている", en="told to nobody"),
    "api.live.flapping": Text(ja="上下を繰り返し中", en="coming and going"),
    "api.live.retroactive": Text(ja="遅れて届いた測定で判明", en="found by late readings"),
    "api.live.trials": Text(ja="試行中のルール", en="Rules on trial"),
    "api.live.trials-detail": Text(
        ja="試しているルールの判定です。だれにも知らせず、何も動かしません。",
        en="What rules on trial say. Nobody is told, and nothing is done.",
    ),
    "api.live.changes": Text(ja="この1時間の変化", en="The last hour"),
    "api.live.no-changes": Text(ja="この1時間に変化はありません。", en="Nothing changed in the last hour."),
    "api.live.began": Text(ja="発生", en="began"),
    "api.live.ended": Text(ja="解除", en="ended"),
    "api.live.since": Text(ja="{since}から({ago})", en="since {since} ({ago})"),
    "api.live.also": Text(ja="ほか: {titles}", en="Also: {titles}"),
    "api.live.more": Text(ja="ほか {n} 件", en="and {n} more"),
    "api.live.legend": Text(ja="印の意味", en="What the marks mean"),
    "api.live.legend-levels": Text(
        ja="塗りつぶし: 警戒レベル相当(洪水・土砂災害・高潮)", en="Filled: alert levels (floods, landslides, surges)"
    ),
    "api.live.legend-severities": Text(ja="白抜き: そのほかの異常", en="Hollow: everything else"),
    # A sensor.
    "api.sensor.value": Text(ja="現在の値", en="Value now"),
    "api.sensor.never": Text(ja="まだ観測値がありません", en="Nothing heard yet"),
    "api.sensor.calm": Text(ja="基準を超えていません", en="Within its thresholds"),
    "api.sensor.place": Text(ja="場所", en="Place"),
    "api.sensor.owner": Text(ja="担当", en="With"),
    "api.sensor.beside": Text(ja="同じ場所のセンサー", en="Sensors at this place"),
    "api.sensor.chart": Text(ja="{title} の推移", en="{title} over time"),
    "api.sensor.chart-without-script": Text(
        ja="図を表示できない環境では、下の表をご覧ください。",
        en="Where the chart cannot be shown, see the table below.",
    ),
    "api.sensor.span": Text(ja="表示する期間", en="Span"),
    "api.sensor.span.6h": Text(ja="6時間", en="6 hours"),
    "api.sensor.span.24h": Text(ja="24時間", en="24 hours"),
    "api.sensor.span.7d": Text(ja="7日", en="7 days"),
    "api.sensor.span.30d": Text(ja="30日", en="30 days"),
    "api.sensor.table": Text(ja="数値の表(この24時間)", en="In figures (24 hours)"),
    "api.sensor.hour": Text(ja="時刻", en="Hour"),
    "api.sensor.low": Text(ja="最小", en="Least"),
    "api.sensor.mean": Text(ja="平均", en="Mean"),
    "api.sensor.high": Text(ja="最大", en="Greatest"),
    "api.sensor.count": Text(ja="観測の数", en="Readings"),
    "api.sensor.levels": Text(ja="基準", en="Thresholds"),
    "api.sensor.csv": Text(ja="この期間を CSV で保存", en="Save this span as CSV"),
    "api.sensor.close": Text(ja="閉じる", en="Close"),
    "api.sensor.own-page": Text(ja="このセンサーのページを開く", en="Open this sensor's page"),
    "api.quality.bad": Text(ja="範囲外の値(判定に使いません)", en="out of range (not judged)"),
    "api.quality.suspect": Text(ja="疑わしい値", en="doubtful"),
    "api.quality.late": Text(ja="遅れて届いた値", en="arrived late"),
    "api.quality.clock": Text(ja="時刻が不確か", en="time is unsure"),
    # All sensors.
    "api.sensors.search": Text(ja="場所・量・機器の名前で探す", en="Search by place, quantity or device"),
    "api.sensors.area": Text(ja="地区", en="District"),
    "api.sensors.all-areas": Text(ja="すべての地区", en="All districts"),
    "api.sensors.find": Text(ja="探す", en="Search"),
    "api.sensors.found": Text(ja="{n} 個のセンサー", en="{n} sensors"),
    "api.sensors.none": Text(ja="見つかりません。言葉を短くして探してください。", en="Nothing found. Try fewer words."),
    "api.sensors.sensor": Text(ja="センサー", en="Sensor"),
    "api.sensors.measured": Text(ja="観測時刻", en="Measured"),
    "api.sensors.next": Text(ja="次の {n} 件", en="Next {n}"),
    # What scripts say.
    "api.script.stale": Text(
        ja="{since}から更新がありません。下の内容は古い可能性があります。つなぎ直しています…",
        en="No update since {since}. What you see may be old. Reconnecting…",
    ),
    "api.script.store-stale": Text(
        ja="保管先が応答しないため、{since}から値を更新できません。警報の判定は続いています。",
        en="The store does not answer: values are as of {since}. Alerts are still being judged.",
    ),
    "api.script.began": Text(ja="新しく発生: {what}", en="New: {what}"),
    "api.script.now": Text(ja="たった今", en="just now"),
    "api.script.minutes": Text(ja="{n}分前", en="{n} min ago"),
    "api.script.hours": Text(ja="{n}時間前", en="{n} h ago"),
    "api.script.days": Text(ja="{n}日前", en="{n} d ago"),
    "api.script.weekdays": Text(ja="日月火水木金土", en="Sun Mon Tue Wed Thu Fri Sat"),
    "api.script.tiles": Text(ja="背景に地理院地図を表示", en="Show the GSI map behind"),
    "api.script.tiles-credit": Text(ja="国土地理院", en="Geospatial Information Authority of Japan"),
    "api.script.zoom-in": Text(ja="拡大", en="Zoom in"),
    "api.script.zoom-out": Text(ja="縮小", en="Zoom out"),
    "api.script.cluster": Text(ja="平常な {n} か所。押すと拡大します。", en="{n} places, normal. Press to zoom in."),
    "api.script.reading": Text(ja="観測値", en="Reading"),
    "api.script.range": Text(ja="{every} ごとの最小〜最大", en="Least to greatest of each {every}"),
    "api.script.step-5m": Text(ja="5分", en="5 minutes"),
    "api.script.step-1h": Text(ja="1時間", en="hour"),
    "api.script.step-3h": Text(ja="3時間", en="3 hours"),
    "api.script.suspect": Text(ja="疑わしい値", en="Doubtful"),
    "api.script.late": Text(ja="遅れて届いた値", en="Arrived late"),
    "api.script.bad": Text(ja="範囲外の値", en="Out of range"),
    "api.script.empty": Text(ja="この期間に観測値はありません。", en="No readings in this span."),
    "api.script.failed": Text(
        ja="観測値を読み込めませんでした。少し待ってから開き直してください。",
        en="The readings could not be loaded. Open this again shortly.",
    ),
    "api.no-configuration": Text(
        ja="{device} の設定はまだ決められていません。", en="Nobody said yet what {device} is to be."
    ),
    "api.command-key": Text(
        ja="Idempotency-Key は英数字・「_」・「-」で書いてください。",
        en="An Idempotency-Key of a command is letters, digits, `_` and `-`.",
    ),
}
