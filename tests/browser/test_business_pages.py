"""Inbox, incidents, approvals and cases as a browser sees them: by day and by night, on a desk and with one thumb."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from api.admission import COOKIE
from city.case import NewCase
from city.right import Role
from tests.browser.conftest import SCREENSHOTS, looking
from tests.browser.test_live_page import SCHEMES, faults
from tests.support.printed_text import printed_text
from tests.support.served_pages import Served
from tests.support.shown_city import NOW_MS, ShownCity, calm, flood, sabae
from tests.support.staged_flood import MINUTE_MS, put_playbook, stage, start_drill
from tests.unit.api.test_admission import Staffed, staffed

LOOK_AGAIN = "document.body.dispatchEvent(new CustomEvent('look-again'))"
SIZES = [(1440, 900), (390, 844)]


def staged() -> tuple[ShownCity, dict[str, str]]:
    """A flood with its business on the way, and an exercise beside it; the pages of both."""
    city = sabae()
    flood(city)
    ident, drill = stage(city), start_drill(city, "person:other")
    late = NewCase(
        "bosai", "鳥羽の水門の点検", ("巡視", "水門確認"), due_ms=NOW_MS - 60 * MINUTE_MS, assignee="お試しの方"
    )
    case = city.view().cases.open(late, "鯖江 太郎", "late").case.id
    asked = {one.incident: one.id for one in city.incidents.asked()}
    return city, {
        "inbox": "/inbox",
        "incidents": "/incidents",
        "incident": f"/incidents/{ident}",
        "drill": f"/incidents/{drill}",
        "approval": f"/approvals/{asked[ident]}",
        "approval-drill": f"/approvals/{asked[drill]}",
        "hand": f"/incidents/{ident}/hand?hand=stop",
        "start": "/runs/start",
        "cases": "/cases",
        "case": f"/cases/{case}",
        "case-new": "/cases/new",
    }


def look(page: Page, url: str, name: str) -> None:
    """At both sizes in both schemes; nothing to scroll sideways, and nothing against WCAG."""
    page.goto(url)
    page.evaluate("document.fonts.ready.then(() => true)")
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=SCREENSHOTS / f"{name}-{width}-{scheme}.png", full_page=True)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name
            assert faults(page) == [], f"{name} at {width}, {scheme}"


def test_every_page_is_whole_and_everybody_can_read_it(browser: Browser, serve: Callable[[ShownCity], Served]) -> None:
    city, paths = staged()
    quiet = sabae()
    calm(quiet)
    SCREENSHOTS.mkdir(exist_ok=True)
    with looking(browser, *SIZES[0]) as seen:
        served, still = serve(city), serve(quiet)
        for name, path in paths.items():
            look(seen.page, served.url + path, f"business-{name}")
        for name in ("inbox", "incidents", "cases"):
            look(seen.page, still.url + paths[name], f"business-calm-{name}")
        assert seen.console == []


def test_the_run_is_a_picture_and_the_chronology_prints(
    browser: Browser, serve: Callable[[ShownCity], Served], tmp_path: Path
) -> None:
    city, paths = staged()
    with looking(browser, *SIZES[0]) as seen:
        page, served = seen.page, serve(city)
        page.goto(served.url + paths["inbox"])
        expect(page.locator("h1")).to_contain_text("承認待ち 1件")
        expect(page.locator("h1")).to_contain_text("人の手が要る手順 1件")
        expect(page.locator("h1")).to_contain_text("訓練の承認待ち 1件")
        page.get_by_role("link", name="鳥羽 はん濫危険水位に到達", exact=True).click()
        sign = page.locator("[id='steps.3']")
        expect(sign).to_contain_text("失敗")
        expect(page.locator("[id='steps.2.else.0']")).to_contain_text("行いません")
        expect(page.locator("[id='steps.4']")).to_contain_text("期限 6月23日(日)")
        expect(page.get_by_role("region", name="否決されたら")).to_be_visible()
        expect(page.get_by_text("未達")).to_be_visible()
        page.pdf(path=tmp_path / "incident.pdf", format="A4")
        printed = printed_text((tmp_path / "incident.pdf").read_bytes())
        for words in ("クロノロジー", "市長に承認を求めました", "期限までに返事がありません", "未達"):
            assert words in printed, words
        assert "受信箱" not in printed  # no navigation on paper
        sign.get_by_role("link", name="この手順をやり直す").click()
        page.get_by_label("理由").fill("電源を入れ直した")
        page.get_by_role("button", name="この手順をやり直す").click()
        expect(page.locator("[id='steps.3']")).to_contain_text("実行中")
        expect(page.locator(".chronicle")).to_contain_text("電源を入れ直した")


def sign_in(page: Page, city: Staffed, who: Role) -> None:
    """With the session that they have already."""
    secret = city.clients[who].cookies[COOKIE]
    page.context.clear_cookies()
    page.context.add_cookies([{"name": COOKIE, "value": secret, "url": city.url}])


def test_an_approval_is_two_taps_from_its_link(browser: Browser, tmp_path: Path) -> None:
    with staffed(tmp_path) as city, looking(browser, *SIZES[1], has_touch=True) as seen:
        ident, page = stage(city.city), seen.page
        (asked,) = [one for one in city.city.incidents.asked() if one.incident == ident]
        sign_in(page, city, Role.SECTION_CHIEF)
        page.goto(f"{city.url}/approvals/{asked.id}")
        expect(page.get_by_text("mayor 様")).to_be_visible()  # who can answer, where oneself cannot
        expect(page.get_by_role("button", name="承認する")).to_have_count(0)
        sign_in(page, city, Role.MAYOR)
        page.goto(f"{city.url}/approvals/{asked.id}")  # the first tap: the link
        button = page.get_by_role("button", name="承認する")
        assert (button.bounding_box() or {"height": 0})["height"] >= 60
        button.tap()  # the second
        expect(page.get_by_text("承認されました")).to_be_visible()
        expect(page.get_by_text("mayor 様、")).to_be_visible()
        page.get_by_role("link", name="事案をくわしく見る").click()
        expect(page.locator("[id='steps.4']")).to_contain_text("済み")
        assert seen.console == []


def test_a_drill_is_started_by_hand(browser: Browser, tmp_path: Path) -> None:
    with staffed(tmp_path) as city, looking(browser, *SIZES[1]) as seen:
        page = seen.page
        sign_in(page, city, Role.GROUP_LEADER)
        page.goto(f"{city.url}/incidents")
        page.get_by_role("link", name="業務を始める").click()
        page.get_by_label("手順書").select_option("避難指示(警戒レベル4)")
        page.get_by_label("何が起きているか").fill("堤防から水")
        page.get_by_label("担当の部署").select_option("防災危機管理課")
        page.get_by_label("訓練として始める").check()
        page.get_by_role("button", name="業務を始める").click()
        expect(page.get_by_role("note").first).to_contain_text("これは訓練です")
        expect(page.locator("h1")).to_have_text("訓練: 堤防から水")
        expect(page.locator(".chronicle")).to_contain_text("group_leader 様")


def test_the_inbox_keeps_up_and_says_when_it_cannot(browser: Browser, tmp_path: Path) -> None:
    with staffed(tmp_path) as city, looking(browser, *SIZES[0]) as seen:
        page = seen.page
        put_playbook(city.city)
        sign_in(page, city, Role.MAYOR)
        page.goto(f"{city.url}/inbox")
        page.wait_for_selector("body[data-ready]")
        expect(page.locator("h1")).not_to_contain_text("承認待ち")
        start_drill(city.city, "person:other")
        page.evaluate(LOOK_AGAIN)
        expect(page.locator("h1")).to_contain_text("訓練の承認待ち 1件")
        page.context.clear_cookies()
        page.evaluate(LOOK_AGAIN)
        expect(page.locator("#stale")).to_contain_text("から更新がありません")
        expect(page.locator("h1")).to_contain_text("訓練の承認待ち 1件")  # what was known stays
