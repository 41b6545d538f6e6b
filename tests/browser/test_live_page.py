"""The live page in Chromium: what it says, how it stays true, and that everybody can use it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from city.messages.text import Text
from tests.browser.conftest import SCREENSHOTS, looking
from tests.support.served_pages import Served
from tests.support.shown_city import NOW_MS, TOBA, ShownCity, calm, sabae

AXE = Path(__file__).parents[2] / "build" / "axe.min.js"
WALL = (1920, 1080)
SIZES = [(1440, 900), (390, 844), WALL]
SCHEMES: list[Literal["light", "dark"]] = ["light", "dark"]


# Every mark by what is seen of it: the drawing itself, not the box around it.
MARKS = """() => [...document.querySelectorAll("#map .mark-icon")].map((icon) => {
  const box = icon.getBoundingClientRect();
  const cluster = icon.classList.contains("cluster");
  const seen = cluster ? box : icon.querySelector(".mark").getBoundingClientRect();
  const outside = Math.max(box.left - seen.left, box.top - seen.top, seen.right - box.right, seen.bottom - box.bottom);
  const { left, right, top, bottom } = seen;
  return { site: icon.dataset.site, kind: icon.className, left, right, top, bottom, outside };
})"""


def open_page(page: Page, url: str) -> None:
    page.goto(url)
    page.wait_for_selector("body[data-ready]")
    page.evaluate("document.fonts.ready.then(() => true)")


def faults(page: Page) -> list[str]:
    """What axe-core finds against WCAG 2.2 AA."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())  # by the debugger, as the page's own policy lets no such script in
    found: dict[str, Any] = page.evaluate(
        "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
    )
    return [
        f"{v['id']}: {node['target']} {node.get('failureSummary')}" for v in found["violations"] for node in v["nodes"]
    ]


@pytest.mark.parametrize("weather", ["calm", "flood"])
def test_the_page_is_whole_and_everybody_can_read_it(
    browser: Browser, request: pytest.FixtureRequest, weather: str
) -> None:
    served: Served = request.getfixturevalue({"calm": "calm_city", "flood": "flooded_city"}[weather])
    SCREENSHOTS.mkdir(exist_ok=True)
    with looking(browser, *SIZES[0]) as seen:
        page = seen.page
        open_page(page, served.url)
        expect(page.locator("h1")).to_have_text(
            {"calm": "平常です", "flood": "危険 1件・至急 1件・注意 1件・お知らせ 1件"}[weather]
        )
        expect(page.locator("#map .site").first).to_be_visible()
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme)
                page.screenshot(path=SCREENSHOTS / f"{weather}-{width}-{scheme}.png", full_page=width != WALL[0])
            assert page.evaluate("document.documentElement.scrollWidth") <= width, "nothing to scroll sideways"
        look_for_faults(page)
        if weather == "flood":
            page.locator(".card h3 a").first.click()
            expect(page.locator("dialog figcaption")).to_contain_text("観測値")
            for width, height in SIZES:
                page.set_viewport_size({"width": width, "height": height})
                page.screenshot(path=SCREENSHOTS / f"{weather}-{width}-panel.png")
            look_for_faults(page)
        assert seen.console == []
        assert [url for url in seen.requested if not url.startswith(served.url)] == [], "nothing is asked of others"


def look_for_faults(page: Page) -> None:
    """On a desk and on a phone: what is there is the same on the wall. Dark on one of the two shows all its colours."""
    for (width, height), scheme in zip(SIZES[:2], SCHEMES, strict=True):
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        assert faults(page) == [], f"at {width}, {scheme}"


def test_it_reads_without_scripts(browser: Browser, flooded_city: Served) -> None:
    with looking(browser, 1440, 900, java_script_enabled=False) as seen:
        seen.page.goto(flooded_city.url)
        expect(seen.page.locator("h1")).to_contain_text("危険 1件")
        expect(seen.page.locator(".card").first).to_contain_text("鳥羽")
        expect(seen.page.locator(".card .amount").first).to_contain_text("m")
        seen.page.locator(".card h3 a").first.click()
        expect(seen.page.locator("h1")).to_have_text("鳥羽 河川水位")
        expect(seen.page.locator("table")).to_contain_text("6月23日(日)")


def test_an_alert_appears_by_itself_and_is_announced(browser: Browser, calm_city: Served) -> None:
    with looking(browser, 1440, 900) as seen:
        open_page(seen.page, calm_city.url)
        expect(seen.page.locator("h1")).to_have_text("平常です")
        calm_city.city.fire("river-danger", TOBA, 0, 6.6)
        expect(seen.page.locator("h1")).to_have_text("危険 1件")
        expect(seen.page.locator("#announce")).to_contain_text("鳥羽")
        expect(seen.page.locator("#map .level-4")).to_have_count(1)
        calm_city.city.resolve("river-danger", TOBA, 0)
        expect(seen.page.locator("h1")).to_have_text("平常です")
        expect(seen.page.locator(".changes .ended")).to_have_count(1)
        expect(seen.page.locator("#map .level-4")).to_have_count(0)
        assert seen.console == []


def test_values_move_as_they_come(browser: Browser, flooded_city: Served) -> None:
    with looking(browser, 1440, 900) as seen:
        open_page(seen.page, flooded_city.url)
        flooded_city.city.write(TOBA, [(NOW_MS, 7.77)])
        expect(seen.page.locator(".card .amount data").first).to_have_text("7.77 m")


def test_a_city_that_falls_away_is_said_and_comes_back_by_itself(browser: Browser, calm_city: Served) -> None:
    with looking(browser, 1440, 900) as seen:
        open_page(seen.page, calm_city.url)
        expect(seen.page.locator("#stale")).to_be_hidden()
        calm_city.stop()
        expect(seen.page.locator("#stale")).to_contain_text("から更新がありません", timeout=30_000)
        calm_city.city.fire("river-caution", TOBA, 0, 5.0)
        calm_city.start()
        expect(seen.page.locator("#stale")).to_be_hidden(timeout=30_000)
        expect(seen.page.locator("h1")).to_have_text("注意 1件")


def test_everything_can_be_done_by_keyboard(browser: Browser, flooded_city: Served) -> None:
    with looking(browser, 1440, 900) as seen:
        page = seen.page
        open_page(page, flooded_city.url)
        page.keyboard.press("Tab")
        expect(page.locator(".skip")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_be_focused()
        page.keyboard.press("Tab")
        expect(page.locator(".card h3 a").first).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#panel-title")).to_be_focused()
        expect(page.locator("dialog canvas")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator("dialog")).to_be_hidden()
        expect(page.locator(".card h3 a").first).to_be_focused()
        page.locator("#map .level-4").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#panel-title")).to_have_text("鳥羽 河川水位")


def test_an_update_does_not_take_the_focus_away(browser: Browser, flooded_city: Served) -> None:
    with looking(browser, 1440, 900) as seen:
        open_page(seen.page, flooded_city.url)
        seen.page.locator(".card h3 a").nth(1).focus()
        flooded_city.city.fire("river-danger", "rpi-desaku:water_level", 0, 9.9)
        expect(seen.page.locator(".card")).to_have_count(6)
        focused = seen.page.evaluate("document.activeElement.textContent")
        assert "アンダーパス" in focused


def test_what_alarms_never_hides_under_a_cluster(browser: Browser, flooded_city: Served) -> None:
    with looking(browser, 390, 844) as seen:
        open_page(seen.page, flooded_city.url)
        expect(seen.page.locator("#map .cluster").first).to_be_visible()
        expect(seen.page.locator("#map .site.level-4")).to_have_count(1)
        expect(seen.page.locator("#map .site.severity-4")).to_have_count(1)
        expect(seen.page.locator("#map .site.silent")).to_have_count(1)
        zoom_out = seen.page.locator(".leaflet-control-zoom-out")
        # An event and not a click, which would wait for ever where the last one has just disabled the button.
        while "leaflet-disabled" not in (zoom_out.get_attribute("class") or ""):
            zoom_out.dispatch_event("click")
        expect(seen.page.locator("#map .site.level-4")).to_have_count(1)


def test_every_mark_is_drawn_where_its_site_is_and_none_covers_what_alarms(browser: Browser, calm_city: Served) -> None:
    city = calm_city.city
    crowded = ("rpi-kurotsu-gate", "rpi-under-mizuochi", "rpi-chuo-junior-high", "rpi-shinmyo-school", "rpi-toba")
    for sensor in city.catalog.sensors:
        if sensor.key.device in crowded:
            city.fire("river-danger" if str(sensor.key) == TOBA else "river-caution", str(sensor.key), 5)
    with looking(browser, 1440, 900) as seen:
        open_page(seen.page, calm_city.url)
        expect(seen.page.locator("#map .level-4")).to_have_count(1)
        assert seen.page.locator("#map .level-2").count() >= 3
        drawn = seen.page.evaluate(MARKS)
        for mark in drawn:
            assert mark["outside"] <= 1, f"the drawing of {mark['site']} lies {mark['outside']} px outside of its place"
        alarms = [mark for mark in drawn if "level-" in mark["kind"]]
        for alarm in alarms:
            for other in drawn:
                if other is not alarm:
                    across = min(alarm["right"], other["right"]) - max(alarm["left"], other["left"])
                    down = min(alarm["bottom"], other["bottom"]) - max(alarm["top"], other["top"])
                    # Two squares that stand on a slant may meet by their corners.
                    assert min(across, down) < 12, f"{alarm['site']} and {other['site']}"


def test_the_language_is_switched_and_remembered(browser: Browser, calm_city: Served) -> None:
    with looking(browser, 1440, 900) as seen:
        open_page(seen.page, calm_city.url)
        seen.page.get_by_role("link", name="English").click()
        expect(seen.page.locator("h1")).to_have_text("All is normal")
        seen.page.get_by_role("link", name="All sensors").first.click()
        expect(seen.page.locator("h1")).to_have_text("All sensors")
        assert seen.page.locator("html").get_attribute("lang") == "en"


def test_names_stay_text_on_the_map(browser: Browser, serve: Callable[[ShownCity], Served]) -> None:
    from dataclasses import replace

    city = sabae()
    nasty = "<img src=x onerror=alert(1)>"
    sites = {id_: replace(site, title=Text(nasty, nasty)) for id_, site in city.catalog.sites.items()}
    rivers = {id_: replace(river, title=Text(nasty, nasty)) for id_, river in city.catalog.rivers.items()}
    city.catalog = replace(city.catalog, sites=sites, rivers=rivers)
    calm(city)
    city.fire("river-danger", TOBA, 5)
    with looking(browser, 1440, 900) as seen:
        open_page(seen.page, serve(city).url)
        seen.page.locator("#map .level-4").hover()
        expect(seen.page.locator(".leaflet-tooltip-top")).to_contain_text("<img")
        assert seen.page.locator("img").count() == 0
        assert seen.console == []


def test_it_holds_at_200_percent(browser: Browser, flooded_city: Served) -> None:
    with looking(browser, 720, 450) as seen:  # 1440 × 900 at 200 %
        open_page(seen.page, flooded_city.url)
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= 720
        seen.page.locator(".card h3 a").first.click()
        expect(seen.page.locator("dialog canvas")).to_be_visible()
        assert seen.page.evaluate(
            "document.querySelector('dialog').scrollWidth <= document.querySelector('dialog').clientWidth"
        )
        expect(seen.page.locator("[data-close]")).to_be_in_viewport()


def test_a_month_is_drawn_from_least_to_greatest(browser: Browser, flooded_city: Served) -> None:
    with looking(browser, 1440, 900) as seen:
        seen.page.goto(f"{flooded_city.url}/sensors/rpi-toba/water_level?span=30d")
        expect(seen.page.locator("figcaption")).to_contain_text("最小〜最大")
        SCREENSHOTS.mkdir(exist_ok=True)
        seen.page.screenshot(path=SCREENSHOTS / "sensor-30d.png", full_page=True)
        seen.page.get_by_role("link", name="6時間").click()
        expect(seen.page.locator("figcaption")).to_contain_text("観測値")
        assert seen.console == []


def test_all_sensors_are_in_a_table_that_anybody_can_read(browser: Browser, flooded_city: Served) -> None:
    with looking(browser, 390, 844) as seen:
        seen.page.goto(f"{flooded_city.url}/sensors?q=鳥羽")
        expect(seen.page.locator("tbody tr")).to_have_count(
            5
        )  # the gauge and the siren, with what they say of themselves
        assert faults(seen.page) == []
        seen.page.screenshot(path=SCREENSHOTS / "sensors-390.png", full_page=True)
