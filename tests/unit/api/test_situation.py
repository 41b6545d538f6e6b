from dataclasses import replace

import pytest
from httpx import Client

from api.mark import CALM, SILENT, Mark
from api.situation import Situation, situation_of
from city.messages.text import Text
from city.reading import ReadingBatch
from tests.support.served_pages import browse
from tests.support.shown_city import MINUTE_MS, NOW_MS, TOBA, ShownCity, calm, flood, sabae

UNDERPASS = "rpi-under-hinode:water_depth"


def looked_at(city: ShownCity) -> Situation:
    return situation_of(city.view(), city.store.latest())


def test_a_calm_city_is_calm() -> None:
    city = sabae()
    calm(city)
    situation = looked_at(city)
    assert not situation.blind
    assert situation.worst == CALM
    assert (situation.alarms, situation.silences, situation.changes) == ((), (), ())


def test_what_fires_on_one_subject_is_one_concern_with_the_worst_in_front(flooded: ShownCity) -> None:
    first = looked_at(flooded).alarms[0]
    assert first.worst.alert.subject == TOBA
    assert first.worst.alert.rule == "river-danger"
    assert [told.alert.rule for told in first.others] == ["river-evacuation", "river-caution", "river-standby"]


def test_the_worst_stands_first_and_is_counted_by_place(flooded: ShownCity) -> None:
    situation = looked_at(flooded)
    assert [concern.mark for concern in situation.alarms] == sorted(
        (concern.mark for concern in situation.alarms), reverse=True
    )
    assert [(mark.shape, n) for mark, n in situation.counted()] == [
        ("level-4", 1),
        ("severity-4", 1),
        ("level-2", 1),
        ("severity-1", 1),
    ]
    assert [department.id for department in situation.departments()] == ["bosai", "doboku"]


def test_silence_is_told_apart_from_alarms(flooded: ShownCity) -> None:
    situation = looked_at(flooded)
    assert [concern.worst.alert.rule for concern in situation.silences] == ["battery-low:no-data"]
    assert situation.silences[0].mark == SILENT


def test_what_rules_on_trial_say_is_shown_apart_and_counts_for_nothing() -> None:
    city = sabae()
    calm(city)
    city.fire("river-danger", TOBA, 5)
    city.alerts.list = [replace(alert, shadow=True) for alert in city.alerts.list]
    situation = looked_at(city)
    assert (situation.alarms, situation.worst, situation.changes) == ((), CALM, ())
    assert [concern.worst.alert.rule for concern in situation.trials] == ["river-danger"]
    with browse(city) as client:
        page = client.get("/", headers={"accept-language": "ja"}).text
        assert "試行中のルール" in page
        assert "平常です" in page
        assert client.get("/v1/alerts").json()["alerts"] == []
        assert [a["shadow"] for a in client.get("/v1/alerts?shadow=true").json()["alerts"]] == [True]


def test_a_site_shows_its_alarm_rather_than_its_silence() -> None:
    city = sabae()
    city.fire("battery-low:no-data", "rpi-toba:battery_voltage", 5)
    city.fire("river-standby", TOBA, 5)
    assert looked_at(city).worst_at_sites()["toba"].mark.shape == "severity-1"


def test_what_began_and_what_ended_in_the_last_hour_the_newest_first(flooded: ShownCity) -> None:
    changes = looked_at(flooded).changes
    assert [change.at_ms for change in changes] == sorted((change.at_ms for change in changes), reverse=True)
    assert all(change.at_ms >= NOW_MS - 60 * MINUTE_MS for change in changes)
    ended = [change.told.alert.subject for change in changes if not change.began]
    assert ended == ["rpi-desaku:water_level"]


@pytest.mark.parametrize(("minutes", "blind"), [(0, False), (15, False), (16, True)])
def test_without_fresh_readings_nobody_says_that_all_is_well(minutes: int, blind: bool) -> None:  # noqa: FBT001  a table
    city = sabae()
    city.write(TOBA, [(NOW_MS - minutes * MINUTE_MS, 1.0)])
    assert looked_at(city).blind is blind


def test_a_city_that_has_heard_nothing_is_blind() -> None:
    city = sabae()
    assert situation_of(city.view(), ReadingBatch.empty()).blind


def test_an_alert_of_a_rule_that_is_gone_is_still_told() -> None:
    city = sabae()
    city.fire("river-danger", TOBA, 5)
    city.rules = {}
    told = looked_at(city).alarms[0].worst
    assert told.title.ja == "river-danger"
    assert told.mark == Mark(4, 0)
    assert told.department is not None


def test_what_several_sensors_say_together_is_told_with_the_title_of_their_group() -> None:
    city = sabae()
    city.fire("rivers-together", "river/hino", 5)
    city.fire("rain-together", "sabae", 4)
    told = {concern.worst.alert.subject: concern.worst for concern in looked_at(city).alarms}
    assert (told["river/hino"].place.ja, told["sabae"].place.ja) == ("日野川", "鯖江市全域")
    assert [one.quantity.id for one in told.values() if one.quantity] == ["rainfall", "water_level"]
    with browse(city) as client:
        assert "日野川" in client.get("/").text
        alerts = client.get("/v1/alerts").json()["alerts"]
    assert {(a["subject"], a["site_title"]["en"], a["unit"]) for a in alerts} == {
        ("river/hino", "Hino River", "m"),
        ("sabae", "All of Sabae", "mm"),
    }


def test_official_levels_and_our_severities_have_different_shapes() -> None:
    assert Mark(4, 4).shape == "level-4"
    assert Mark(4, 0).shape == "severity-4"


def test_the_page_answers_without_scripts_in_both_languages(client: Client) -> None:
    japanese = client.get("/", headers={"accept-language": "ja"})
    assert '<html lang="ja">' in japanese.text
    assert "危険 1件" in japanese.text
    assert "担当 防災危機管理課・土木課" in japanese.text
    english = client.get("/?lang=en", headers={"accept-language": "ja"})
    assert '<html lang="en">' in english.text
    assert "1 danger" in english.text
    assert client.get("/sensors").text.count('<html lang="en">') == 1, "the choice is remembered"
    client.cookies.clear()


def test_names_are_text_and_never_markup() -> None:
    city = sabae()
    nasty = '<img src=x onerror="alert(1)">\'"&'
    sites = {id_: replace(site, title=Text(nasty, nasty)) for id_, site in city.catalog.sites.items()}
    sensors = tuple(replace(sensor, title=Text(nasty, nasty)) for sensor in city.catalog.sensors)
    city.catalog = replace(city.catalog, sites=sites, sensors=sensors, title=Text(nasty, nasty))
    flood(city)
    with browse(city) as client:
        for path in ("/", "/situation", "/sensors", "/sensors/rpi-toba/water_level", "/sensors?q=<b>&area=<b>"):
            page = client.get(path)
            assert page.status_code == 200
            assert "<img" not in page.text, path
            assert "<b>&" not in page.text


def test_search_finds_by_place_quantity_and_device(client: Client) -> None:
    assert "rpi-toba" in client.get("/sensors?q=鳥羽 水位").text
    assert "見つかりません" in client.get("/sensors?q=存在しない").text


def test_a_sensors_page_has_its_levels_and_hours(client: Client) -> None:
    page = client.get("/sensors/rpi-toba/water_level?span=7d").text
    assert "はん濫危険水位" in page
    assert "6月23日(日) 9:00" in page
    assert client.get("/sensors/rpi-toba/nothing").status_code == 404
    assert client.get("/sensors/rpi-toba/water_level?span=1y").status_code == 400
