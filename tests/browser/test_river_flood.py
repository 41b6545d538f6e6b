"""A river's flood from its first reading to the closed case, and the same as an exercise: a real city, a real sign."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from bench.waiting import wait_for
from tests.browser.conftest import SCREENSHOTS, looking
from tests.support.flooded_town import PASSWORD, FloodedTown, flooded_town

DESK, PHONE = (1440, 900), (390, 844)
DRILL = "【訓練】"
TITLE = "はん濫危険水位に到達"
CASE = f"避難指示の判断: 鳥羽 {TITLE}"


@pytest.fixture
def town(tmp_path: Path, free_port: Callable[[], int]) -> Iterator[FloodedTown]:
    SCREENSHOTS.mkdir(exist_ok=True)
    with flooded_town(tmp_path, free_port) as made:
        yield made


@contextmanager
def signed_in(browser: Browser, town: FloodedTown, login: str, size: tuple[int, int] = DESK) -> Iterator[Page]:
    """A browser of their own, on the inbox; what it complains about fails the test."""
    with looking(browser, *size, has_touch=size is PHONE) as seen:
        page = seen.page
        page.goto(f"{town.city.url}/inbox")
        main = page.get_by_role("main")
        main.get_by_label("ユーザー名").fill(login)
        main.get_by_label("パスワード").fill(PASSWORD)
        main.get_by_role("button", name="サインイン").click()
        expect(page.get_by_role("button", name="サインアウト")).to_be_visible()
        yield page
        assert seen.console == []


def shot(page: Page, name: str) -> None:
    """Nothing is wider than the window."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.screenshot(path=SCREENSHOTS / f"flood-{name}.png", full_page=True)


def step(page: Page, place: str, state: str) -> None:
    """The run's picture says so of the step, by itself: the page keeps up."""
    expect(page.locator(f"[id='{place}'] .box-head")).to_contain_text(state, timeout=60_000)


def approve(browser: Browser, town: FloodedTown, name: str, question: str) -> None:
    """The mayor, on a telephone: one tap opens what is asked, the other answers it."""
    with signed_in(browser, town, "mayor", PHONE) as page:
        expect(page.get_by_role("heading", name=question)).to_be_visible()
        shot(page, f"{name}-inbox-phone")
        page.get_by_role("link", name="内容を見て答える").tap()
        expect(page.get_by_role("heading", name=question)).to_be_visible()
        expect(page.get_by_role("button", name="承認する")).to_be_in_viewport()
        shot(page, f"{name}-approval-phone")
        page.get_by_role("button", name="承認する").tap()
        expect(page.get_by_role("status")).to_contain_text("承認されました")
        expect(page.get_by_role("status")).to_contain_text("市長 一郎")
        shot(page, f"{name}-approved-phone")


def reads_only(page: Page, town: FloodedTown, incident: str) -> None:
    """Nothing on an incident's page changes anything, and what would is refused."""
    expect(page.locator("main button, main form, main .hands, main .box-hands")).to_have_count(0)
    for path in (f"/incidents/{incident}/hand?hand=stop", "/runs/start"):
        answer = page.request.get(f"{town.city.url}{path}", max_redirects=0)
        assert answer.status == 403, path
    session = page.request.post(
        f"{town.city.url}/v1/incidents/{incident}/hand",
        data={"hand": "stop", "reason": "x"},
        headers={"origin": town.city.url},
    )
    assert session.status == 403


def test_a_flood_from_its_alert_to_the_closed_case(browser: Browser, town: FloodedTown) -> None:
    with signed_in(browser, town, "taro") as taro:
        expect(taro.get_by_role("heading", level=1)).to_have_text("あなたを待っているものはありません")
        town.measure(7.0)
        taro.get_by_role("link", name="事案", exact=True).click()
        expect(taro.get_by_role("link", name=TITLE)).to_be_visible(timeout=60_000)  # by itself
        shot(taro, "incidents")
        taro.get_by_role("link", name=TITLE).click()
        step(taro, "steps.2", "待っています")
        incident = taro.url.rpartition("/")[2]
        expect(taro.locator(".hands, .box-hands")).to_have_count(0)  # a member starts and stops nothing
        shot(taro, "asked")
        section = taro.get_by_role("region", name="案件")
        expect(section).to_contain_text(CASE)
        section.get_by_role("link").click()
        taro.get_by_role("button", name="自分が担当する").click()
        taro.get_by_role("button", name="「対象の町内の確認」を済みにする").click()
        expect(taro.get_by_role("heading", name="確認項目")).to_contain_text("1/2")
        shot(taro, "case")
        taro.get_by_role("link", name="事案をくわしく見る").click()
        wait_for(lambda: {name for name, _ in town.told} == {"bosai", "doboku"}, "both departments told")
        assert (town.shown(), town.commands(), town.messages) == ("", [], [])

        approve(browser, town, "real", f"避難指示を発令し、道路を閉めますか({TITLE}、重大度 4)")
        wait_for(lambda: town.shown() == "通行止", "the sign")
        step(taro, "steps.3", "済み")
        step(taro, "steps.4", "済み")
        wait_for(lambda: len(town.messages) == 1, "the message")
        assert f"避難指示を発令しました({TITLE})。" in town.messages[0]
        shot(taro, "switched")

        town.measure(5.0)
        step(taro, "steps.3", "元に戻した")
        step(taro, "on_resolve.0", "済み")
        expect(taro.locator(".run-state")).to_contain_text("業務は終わりました", timeout=60_000)
        wait_for(lambda: town.shown() == "", "the sign dark again")
        (case,) = town.cases()
        assert (case["title"], case["state"]) == (CASE, "done")
        expect(taro.get_by_role("region", name="案件")).to_contain_text("完了")
        shot(taro, "over")
        wait_for(
            lambda: sorted(event["data"]["state"] for _, event in town.told) == ["firing"] * 2 + ["resolved"] * 2,
            "the end told",
        )
        assert not any(DRILL in str(event) for _, event in town.told)

    with signed_in(browser, town, "kansa") as auditor:
        auditor.goto(f"{town.city.url}/incidents?over=true")
        auditor.get_by_role("link", name=TITLE).click()
        lines = auditor.locator(".chronicle tbody tr")
        expect(lines.filter(has_text="市長 一郎")).to_have_count(1)
        expect(lines.filter(has_text="通行止")).not_to_have_count(0)
        reads_only(auditor, town, incident)
        shot(auditor, "auditor")
        auditor.get_by_role("link", name="監査記録").click()
        expect(auditor.get_by_role("row").filter(has_text="市長 一郎").filter(has_text="/approvals/")).to_have_count(1)
        shot(auditor, "audit")


def test_the_same_as_an_exercise_moves_nothing(browser: Browser, town: FloodedTown) -> None:
    title = "浅水川 図上訓練"
    with signed_in(browser, town, "hanako") as chief:
        chief.goto(f"{town.city.url}/runs/start")
        form = chief.locator("form[action='/runs/start']")
        form.get_by_label("何が起きているか(見出し)").fill(title)
        form.get_by_label("担当の部署").select_option("防災危機管理課")
        form.get_by_label("重大度").select_option("4")
        form.get_by_label("分かっていること").fill("鳥羽で越水との想定")
        form.get_by_label("訓練として始める").check()
        shot(chief, "drill-start")
        form.get_by_role("button", name="業務を始める").click()
        step(chief, "steps.2", "待っています")
        incident = chief.url.rpartition("/")[2]
        shot(chief, "drill-asked")

        approve(browser, town, "drill", f"{DRILL}避難指示を発令し、道路を閉めますか({title}、重大度 4)")
        step(chief, "steps.4", "済み")
        wait_for(lambda: len(town.messages) == 1, "the message")
        expect(chief.locator(".chronicle")).to_contain_text("訓練のため")
        chief.get_by_role("link", name="事案を終える").click()
        chief.get_by_label("理由").fill("訓練終了")
        shot(chief, "drill-end")
        chief.get_by_role("button", name="事案を終える").click()
        expect(chief.locator(".run-state")).to_contain_text("業務は終わりました", timeout=60_000)
        expect(chief.locator("[id='steps.3']")).to_contain_text("訓練のため、機器は動かしません")
        expect(chief.locator(".answer")).to_contain_text("に終了")
        shot(chief, "drill-over")

    wait_for(lambda: len(town.told) == 4, "both departments told of beginning and end")
    for _, event in town.told:
        told = event["data"]
        assert told["drill"] is True
        assert all(text.startswith(DRILL) for text in (told["title"]["ja"], told["title"]["en"], told["text"]))
    assert all(message.startswith(DRILL) for message in town.messages)
    (case,) = town.cases()
    assert (case["title"], case["state"]) == (f"{DRILL}避難指示の判断: 通報 {title}", "done")
    assert (town.shown(), town.commands()) == ("", [])

    with signed_in(browser, town, "kansa") as auditor:
        auditor.goto(f"{town.city.url}/incidents?over=true")
        row = auditor.get_by_role("listitem").filter(has_text=title)
        expect(row).to_contain_text("訓練")
        shot(auditor, "drill-list")
        auditor.get_by_role("link", name=title).click()
        expect(auditor.get_by_role("note").filter(has_text="訓練")).to_be_visible()
        reads_only(auditor, town, incident)
        shot(auditor, "drill-auditor")
