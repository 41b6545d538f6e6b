"""Texts of the pages on which people take care of alerts: the list, one alert, and what its forms say."""

from collections.abc import Mapping
from typing import Final

from city.messages.text import Text

TEXTS: Final[Mapping[str, Text]] = {
    # The list.
    "alert_page.alerts": Text(ja="警報", en="Alerts"),
    "alert_page.state": Text(ja="状態", en="State"),
    "alert_page.state-open": Text(ja="続いているもの", en="Those that go on"),
    "alert_page.state-all": Text(ja="終わったものも", en="Those that ended, too"),
    "alert_page.severity": Text(ja="重さ", en="How grave"),
    "alert_page.severity-1": Text(ja="すべて", en="All"),
    "alert_page.severity-2": Text(ja="「確認」以上", en="To check, or graver"),
    "alert_page.severity-3": Text(ja="「要対応」以上", en="Action needed, or graver"),
    "alert_page.severity-4": Text(ja="「至急」以上", en="Urgent, or graver"),
    "alert_page.severity-5": Text(ja="「最優先」だけ", en="Top priority alone"),
    "alert_page.department": Text(ja="担当課", en="Section"),
    "alert_page.all-departments": Text(ja="すべての課", en="All sections"),
    "alert_page.search": Text(ja="場所や担当者で探す", en="Search by place or who has it"),
    "alert_page.find": Text(ja="絞り込む", en="Show"),
    "alert_page.shown": Text(ja="{n} 件を表示しています。", en="{n} shown."),
    "alert_page.none-open": Text(
        ja="続いている警報はありません。終わったものは「状態」を変えると見られます。",
        en="No alert goes on. Choose another state for those that ended.",
    ),
    "alert_page.none": Text(ja="条件に合う警報はありません。", en="No alert fits."),
    "alert_page.next": Text(ja="次の警報を見る", en="Next"),
    "alert_page.search-on": Text(ja="さらに古い警報から探す", en="Search older alerts"),
    "alert_page.pick": Text(ja="選ぶ: {place} {title}", en="Choose: {place} {title}"),
    "alert_page.pick-all": Text(ja="表示中のすべてを選ぶ", en="Choose all that are shown"),
    "alert_page.together": Text(ja="選んだ警報をまとめて", en="Those chosen, together"),
    "alert_page.more-acts": Text(ja="ほかの操作", en="More"),
    "alert_page.nothing-picked": Text(ja="警報を 1 つ以上選んでください。", en="Choose one alert or more."),
    "alert_page.done-of": Text(ja="{all} 件のうち {done} 件を記録しました。", en="{done} of {all} recorded."),
    "alert_page.not-done": Text(ja="記録できなかったもの:", en="Not recorded:"),
    # One alert.
    "alert_page.take": Text(ja="対応する", en="Take care of it"),
    "alert_page.acknowledge": Text(ja="確認した(自分が対応する)", en="Acknowledge: I take care of it"),
    "alert_page.acknowledge-them": Text(ja="確認した", en="Acknowledge"),
    "alert_page.firing": Text(ja="続いています", en="Going on"),
    "alert_page.resolved": Text(ja="終わりました", en="Over"),
    "alert_page.over-since": Text(ja="終わり", en="Ended"),
    "alert_page.not-taken": Text(ja="まだ、だれも確認していません。", en="Nobody has acknowledged it yet."),
    "alert_page.untaken": Text(ja="未確認", en="not acknowledged"),
    "alert_page.taken": Text(ja="対応中: {name}", en="In hand: {name}"),
    "alert_page.acknowledged": Text(ja="確認: {name}", en="Acknowledged: {name}"),
    "alert_page.closed": Text(ja="閉じた理由: {reason}({name})", en="Closed: {reason} ({name})"),
    "alert_page.quiet": Text(
        ja="いまは、だれにも知らせていません(通知を止めています)。", en="Nobody is told of it now: it is silenced."
    ),
    "alert_page.held": Text(
        ja="より重い警報が出ているので、これは知らせていません。", en="Nobody is told of it: a graver one says it all."
    ),
    "alert_page.trial": Text(
        ja="試行中の規則による警報です。だれにも知らせていません。", en="Of a rule on trial: nobody is told."
    ),
    "alert_page.who": Text(ja="担当課", en="Section"),
    "alert_page.elsewhere": Text(
        ja="この警報への操作は、担当課({place})とその上の職員ができます。",
        en="{place}, and those above it, decide here.",
    ),
    "alert_page.no-chart": Text(
        ja="複数のセンサーについての警報なので、グラフはありません。",
        en="It is about several sensors: there is no chart.",
    ),
    "alert_page.evidence": Text(ja="根拠", en="Evidence"),
    "alert_page.reading": Text(ja="観測値", en="Reading"),
    "alert_page.no-reading": Text(ja="観測値が届いていないこと", en="That nothing arrives"),
    "alert_page.peak": Text(ja="最大", en="Greatest"),
    "alert_page.now": Text(ja="いまの値", en="Now"),
    "alert_page.rule": Text(ja="規則", en="Rule"),
    "alert_page.condition": Text(ja="条件", en="Condition"),
    "alert_page.sensor": Text(ja="このセンサーのページを開く", en="Open the sensor's page"),
    "alert_page.to-list": Text(ja="警報の一覧", en="All alerts"),
    "alert_page.history": Text(ja="経過", en="What happened"),
    "alert_page.by-rule": Text(ja="自動", en="by itself"),
    "alert_page.was-raised": Text(ja="発生: {title}", en="Raised: {title}"),
    "alert_page.was-resolved": Text(ja="条件を外れ、終わりました", en="Over: its condition no longer holds"),
    "alert_page.was-acknowledged": Text(ja="確認しました", en="Acknowledged"),
    "alert_page.was-assigned": Text(ja="担当を {to} にしました", en="Assigned to {to}"),
    "alert_page.was-commented": Text(ja="コメント", en="Comment"),
    "alert_page.was-closed": Text(ja="閉じました({reason})", en="Closed ({reason})"),
    "alert_page.was-silenced": Text(ja="通知を止めました", en="Silenced"),
    "alert_page.was-silenced-at": Text(
        ja="通知を決まった時間に止めました {hours}", en="Silenced at certain hours {hours}"
    ),
    "alert_page.was-lifted": Text(ja="通知の停止をやめました", en="Silence lifted"),
    # Forms.
    "alert_page.assign": Text(ja="担当を決める", en="Assign"),
    "alert_page.to": Text(ja="だれが対応しますか", en="Who takes care of it?"),
    "alert_page.comment": Text(ja="コメントを書く", en="Comment"),
    "alert_page.words": Text(ja="コメント", en="Your words"),
    "alert_page.why": Text(ja="ひとこと(なくてもよい)", en="In your words (may be empty)"),
    "alert_page.silence": Text(ja="通知を止める", en="Silence"),
    "alert_page.silence-about": Text(
        ja="この場所のこの警報だけ、知らせを止めます。判定は続き、止める時間が終わったときにまだ続いていれば知らせます。",
        en="This matter at this place is told to nobody for a time. What still goes on then is told then.",
    ),
    "alert_page.silence-about-them": Text(
        ja="選んだ警報だけ、知らせを止めます。判定は続き、止める時間が終わったときにまだ続いていれば知らせます。",
        en="What is chosen is told to nobody for a time. What still goes on then is told then.",
    ),
    "alert_page.once": Text(ja="いまから一度だけ", en="Once, from now"),
    "alert_page.for": Text(ja="いつまで", en="For how long"),
    "alert_page.hours-1": Text(ja="1 時間", en="1 hour"),
    "alert_page.hours-4": Text(ja="4 時間", en="4 hours"),
    "alert_page.hours-12": Text(ja="12 時間", en="12 hours"),
    "alert_page.hours-24": Text(ja="1 日", en="1 day"),
    "alert_page.hours-168": Text(ja="1 週間", en="1 week"),
    "alert_page.silence-once": Text(ja="この間、通知を止める", en="Silence it for that long"),
    "alert_page.at-hours": Text(ja="曜日・時間帯を決めて", en="At certain hours"),
    "alert_page.days": Text(ja="曜日(選ばなければ毎日)", en="Days (none: every day)"),
    "alert_page.day-mon": Text(ja="月", en="Mon"),
    "alert_page.day-tue": Text(ja="火", en="Tue"),
    "alert_page.day-wed": Text(ja="水", en="Wed"),
    "alert_page.day-thu": Text(ja="木", en="Thu"),
    "alert_page.day-fri": Text(ja="金", en="Fri"),
    "alert_page.day-sat": Text(ja="土", en="Sat"),
    "alert_page.day-sun": Text(ja="日", en="Sun"),
    "alert_page.begin": Text(ja="何時から", en="From"),
    "alert_page.end": Text(ja="何時まで", en="To"),
    "alert_page.days-7": Text(ja="1 週間", en="1 week"),
    "alert_page.days-30": Text(ja="30 日", en="30 days"),
    "alert_page.days-92": Text(ja="92 日", en="92 days"),
    "alert_page.silence-at": Text(ja="この時間帯、通知を止める", en="Silence it at these hours"),
    "alert_page.lift": Text(ja="通知の停止をやめる", en="Lift the silence"),
    "alert_page.close": Text(ja="理由を付けて閉じる", en="Close with a reason"),
    "alert_page.close-about": Text(
        ja="条件が続いていても、一度平常に戻るまで同じ場所では出なくなります。経過には残ります。",
        en="Where its condition holds on, it is not raised again before that was once false. It stays in the chronology.",
    ),
    "alert_page.reason": Text(ja="理由", en="Reason"),
    "alert_page.reason-true_alarm": Text(ja="本当の異常だった", en="A true alarm"),
    "alert_page.reason-false_alarm": Text(ja="誤報だった", en="A false alarm"),
    "alert_page.reason-test": Text(ja="試験・訓練", en="A test or drill"),
    "alert_page.reason-maintenance": Text(ja="点検・工事", en="Maintenance"),
    "alert_page.choose": Text(ja="選んでください", en="Choose"),
    "alert_page.done": Text(ja="記録しました。", en="Recorded."),
    "alert_page.done-later": Text(
        ja="記録しました。画面に反映されるまで、少し時間がかかります。",
        en="Recorded. It takes a moment until it shows.",
    ),
    # What forms lack.
    "alert_page.no-alert": Text(
        ja="この警報は見つかりません。一覧から開き直してください。", en="There is no such alert. Open it from the list."
    ),
    "alert_page.no-assignee": Text(ja="だれが対応するかを書いてください。", en="Say who takes care of it."),
    "alert_page.no-words": Text(ja="コメントを書いてください。", en="Write your comment."),
    "alert_page.no-reason": Text(ja="閉じる理由を選んでください。", en="Choose the reason."),
    "alert_page.no-kind": Text(ja="何をするかを選んでください。", en="Choose what to do."),
    "alert_page.no-hours": Text(ja="いつまで止めるかを選んでください。", en="Choose for how long."),
    "alert_page.no-schedule": Text(
        ja="曜日か時間帯を選んでください。時間帯は始まりと終わりの両方(22:00 と 6:00 など)を書きます。",
        en="Choose days or hours; hours have both a beginning and an end, such as 22:00 and 6:00.",
    ),
}
