"""“Describe your problem”: what is shown as near is judged near, by words that say something."""

from collections.abc import Callable

from django.test import Client

import pytest

from marketplace.matching import queries
from marketplace.matching.queries import lists, readings
from marketplace.matching.rulebook import affinity, common_words, evidence
from marketplace.matching.rulebook.affinity import Affinity
from marketplace.matching.rulebook.evidence import NeedFacts, OfferFacts, Row
from marketplace.matching.rulebook.phrases import render
from marketplace.matching.views import cards
from search import engine
from tests.cast import Cast
from tests.factories.matching import magnet_need, magnet_result, make_match
from tests.factories.samples import load_listings

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_index")]


def meaning(problem: str, offered: str) -> Row:
    need = affinity.take_apart("", problem, is_need=True)
    offer = affinity.take_apart("", offered)
    near = Affinity(affinity.by_words(need, offer))
    rows = evidence.compare(NeedFacts(text=need), OfferFacts(text=offer), near)
    return next(row for row in rows if row.key == "meaning")


def kinds(problem: str) -> list[str]:
    return [
        next(row["kind"] for row in one.rows if row["key"] == "meaning")
        for one in queries.describe(problem).matches
    ]


@pytest.mark.parametrize("word", ["低于", "含量", "降到", "释放", "提高", "太高", "不足", "high"])
def test_comparators_amounts_and_change_are_no_shared_words(word: str) -> None:
    assert word in common_words.words()
    row = meaning(f"轴承钢全氧，{word}，8", f"氧化锆研磨珠，{word}")
    assert (row.kind, render(row.offered)) == ("no", "没有共同的专门用词")


def test_one_word_that_is_not_rare_makes_no_near_text() -> None:
    one = meaning("人造板甲醛释放量太高", "人造板热压机辊筒修复，精度提高，释放应力")
    assert (one.kind, render(one.offered)) == ("part", "共同用词：人造板")
    assert 0.3 <= one.credit < 0.6
    both = meaning("人造板甲醛释放量太高", "低甲醛木质素胶黏剂，用于人造板")
    assert (both.kind, render(both.offered)) == ("yes", "共同用词：人造板、甲醛")
    assert meaning("钕铁硼太贵", "钕铁硼回收").kind == "yes", "a rare one is enough"


def test_a_word_within_another_is_no_second_word() -> None:
    assert affinity.is_thin(["人造板", "人造"])
    assert affinity.is_thin(["formaldehyde"])
    assert not affinity.is_thin(["人造板", "甲醛"])
    assert affinity.is_thin([])


def test_an_english_word_is_named_once() -> None:
    row = meaning("plywood formaldehyde too high", "Adhesive without formaldehyde for plywood")
    assert (row.kind, render(row.offered)) == ("yes", "共同用词：formaldehyde、plywood")


def test_nothing_judged_not_close_is_shown(client: Client, cast: Cast) -> None:
    result = magnet_result(cast.university, cast.university_member)
    engine.rebuild("achievements")
    problem = "齿轮箱在塔筒和偏航之外的变桨要扩散，低于标准"
    row = meaning(problem, readings.offer_text(result))
    assert (row.kind, row.credit >= 0.25) == ("no", True), "over the bar, and yet not close"
    page = client.post("/match/", {"problem": problem})
    assert result.title not in page.content.decode()
    assert "比对了最接近的 1 项，都没有达到列出的标准。" in page.content.decode()
    near = client.post("/match/", {"problem": "钕铁硼磁片晶界扩散后矫顽力上不去"})
    assert result.title in near.content.decode()


def test_the_samples_answer_in_both_languages(client: Client, drain: Callable[[], int]) -> None:
    load_listings()
    drain()
    for problem in ("人造板甲醛释放量太高", "轴承钢全氧含量波动大，要低于 8 ppm", "焊接变形太大"):
        found = kinds(problem)
        assert "no" not in found
        assert found == sorted(found, key=["yes", "part"].index), "the nearer verdict first"
    boards = [one.other.title for one in queries.describe("人造板甲醛释放量太高").matches]
    assert kinds("人造板甲醛释放量太高")[0] == "yes"
    assert boards[0] == "低摩尔比豆粕蛋白复合无醛胶及其热压制板工艺"
    assert boards.index("高效脲醛胶改性与甲醛捕捉剂协同降醛工艺") < boards.index(
        "高速激光熔覆耐磨耐蚀辊面修复技术"
    )
    steel = [
        one.other.title for one in queries.describe("轴承钢全氧含量波动大，要低于 8 ppm").matches
    ]
    assert steel == ["轴承钢 VD 精炼渣系与底吹制度协同控氧技术"]
    english = [
        one.other.title_en for one in queries.describe("plywood formaldehyde too high").matches
    ]
    assert english[0] == (
        "Soy-protein composite adhesive without added formaldehyde for plywood and particleboard"
    )
    assert "Modified UF resin with synergistic formaldehyde scavenger" in english
    page = client.post("/en/match/", {"problem": "plywood formaldehyde too high"}).content.decode()
    assert english[0] in page
    assert "Not close" not in page


def test_the_parts_of_a_score_say_where_missing_weight_went(client: Client, cast: Cast) -> None:
    match = make_match(
        magnet_need(cast.enterprise, cast.member),
        magnet_result(cast.university, cast.university_member),
    )
    (card,) = cards.cards_of([match], cast.member, shown="achievement")
    assert sum(group["judged"] for group in card.groups) == 100
    page = client.get(f"/needs/{match.need.code}/matches/").content.decode()
    assert card.reweighed
    assert "其权重已按比例分给其余各项" in page
    assert "（权重" not in page


def test_new_matches_stand_best_first(cast: Cast) -> None:
    need = magnet_need(cast.enterprise, cast.member)
    best, newest = (
        make_match(
            need, magnet_result(cast.university, cast.university_member, title=title), score=score
        )
        for title, score in (("晶界扩散技术甲", 95), ("晶界扩散技术乙", 70))
    )
    assert list(lists.own_matches(cast.member)) == [best, newest]
