"""What somebody does who has no account: find a technology, see why it fits, change how it looks."""

from collections.abc import Callable

import pytest

from tests.journeys.conftest import Visit

pytestmark = pytest.mark.journey

QUESTION = "人造板甲醛释放量太高"


def test_a_visitor_finds_an_achievement_and_sees_its_evidence(visit: Callable[..., Visit]) -> None:
    person = visit()
    person.go("/")
    search = person.page.locator("main input[role=combobox]").first
    search.fill(QUESTION)
    search.press("Enter")
    person.page.wait_for_load_state("load")
    person.check()
    assert "科技成果" in person.text()
    person.page.locator("#found-achievements article a").first.click()
    person.page.wait_for_load_state("load")
    person.check()
    assert "甲醛释放量" in person.text()
    assert "已验证的指标" in person.text()


def test_filters_are_in_the_address_and_counts_follow(visit: Callable[..., Visit]) -> None:
    person = visit()
    person.go("/achievements/")
    total = int(person.page.locator("#results b").first.inner_text())
    box = person.page.get_by_role("checkbox", name="木业").first
    box.check()
    person.page.wait_for_url("**industry=wood**")
    person.check()
    narrowed = int(person.page.locator("#results b").first.inner_text())
    assert 0 < narrowed < total
    person.page.reload()
    assert int(person.page.locator("#results b").first.inner_text()) == narrowed
    person.page.get_by_role("link", name="清除全部条件").click()
    person.page.wait_for_load_state("load")
    assert int(person.page.locator("#results b").first.inner_text()) == total


def test_the_explained_match_of_a_need(visit: Callable[..., Visit]) -> None:
    person = visit()
    person.go("/needs/?q=钕铁硼")
    person.follow("高矫顽力钕铁硼磁体重稀土减量技术")
    # A site that has just begun compares its listings in the background.
    for _ in range(60):
        if person.page.locator(".c-match").count():
            break
        person.page.wait_for_timeout(1_000)
        person.page.reload()
    person.page.locator(".c-match").first.wait_for()
    person.check()
    match = person.page.locator(".c-match").first.inner_text()
    assert "烧结钕铁硼晶界扩散低重稀土技术" in match
    assert "矫顽力" in match
    assert "满足" in match


def test_320_pixels_in_large_type(visit: Callable[..., Visit]) -> None:
    person = visit(width=320)
    person.go("/")
    person.page.get_by_role("button", name="长者版").first.click()
    for path in ("/", "/achievements/", "/needs/", "/orgs/", "/search/?q=甲醛", "/news/"):
        person.go(path)
    person.go("/achievements/")
    person.page.locator("a[href='#facets']").first.click()
    assert person.page.locator("#facets").is_visible()


def test_without_script_search_filter_and_preferences_work(visit: Callable[..., Visit]) -> None:
    person = visit(script=False)
    person.go("/achievements/?q=" + QUESTION)
    assert "甲醛" in person.text()
    person.page.get_by_role("checkbox", name="木业").first.check()
    person.press("查看结果")
    assert "industry=wood" in person.page.url
    person.page.get_by_role("button", name="深色").first.click()
    assert person.page.locator("html").get_attribute("data-theme") == "dark"


def test_by_keyboard_alone(visit: Callable[..., Visit]) -> None:
    person = visit()
    person.go("/")
    keyboard = person.page.keyboard
    keyboard.press("Tab")
    assert person.page.locator(":focus").inner_text() == "跳到正文"
    for _step in range(40):
        keyboard.press("Tab")
        if person.page.locator(":focus").get_attribute("role") == "combobox":
            break
    keyboard.type("甲醛")
    keyboard.press("Enter")
    person.page.wait_for_url("**/search/**")
    person.check()
    for _step in range(60):
        keyboard.press("Tab")
        focus = person.page.locator(":focus")
        if "/achievements/CG" in (focus.get_attribute("href") or ""):
            break
    style = focus.evaluate("element => getComputedStyle(element)")
    assert style["outlineStyle"] != "none"
    keyboard.press("Enter")
    person.page.wait_for_url("**/achievements/CG**")
    person.check()


def test_dark_print_and_english(visit: Callable[..., Visit]) -> None:
    person = visit(color_scheme="dark")
    for path in ("/", "/achievements/", "/en/", "/en/needs/", "/en/achievements/"):
        person.go(path)
    assert person.page.locator("html").get_attribute("lang") == "en"
    person.page.emulate_media(media="print")
    assert not person.page.locator(".c-nav").is_visible()


def test_an_unknown_page_shows_ways_on(visit: Callable[..., Visit]) -> None:
    person = visit()
    person.go("/needs/XQ2026-000000-0/")
    assert "没有" in person.text() or "找不到" in person.text()


def test_the_content_policy_stops_nothing_of_our_own(visit: Callable[..., Visit]) -> None:
    """A blocked script or style is a line in the console, which every check reads."""
    person = visit()
    for path, name in (("/achievements/", "木业"), ("/needs/", "木业")):
        person.go(path)
        person.page.get_by_role("checkbox", name=name).first.check()
        person.page.wait_for_url("**industry=wood**")
        person.check()
        person.page.go_back()
        person.settle()
        assert person.complaints == []
    # Swagger UI is a library's page with a look of its own: its console is what is read here.
    person.page.goto(person.site.url + "/api/docs/")
    person.page.locator(".opblock-summary").first.click()
    person.page.locator(".opblock-body").first.wait_for()
    assert person.complaints == []
