"""Matches are found from both sides, stay true, are told once, and obey what people say."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from marketplace.journal.queries import history
from marketplace.kernel.errors import Forbidden, InvalidInput
from marketplace.listings import services as listings
from marketplace.matching import queries, services
from marketplace.matching.models import Match, MatchFeedback
from marketplace.matching.views.cards import lacking_words
from marketplace.notices.models import Notice
from search import engine
from tests.cast import Cast
from tests.factories.matching import magnet_need, magnet_result, make_match

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_index")]
Drain = Callable[[], int]


def test_a_new_need_finds_its_achievement_and_both_owners_hear_of_it(
    cast: Cast, drain: Drain
) -> None:
    result = magnet_result(cast.university, cast.university_member)
    drain()
    Notice.objects.all().delete()
    need = magnet_need(cast.enterprise, cast.member)
    drain()
    match = Match.objects.get()
    assert (match.need, match.achievement) == (need, result)
    assert (match.need_rev, match.achievement_rev) == (need.rev, result.rev)
    assert match.weights_version == "2026-2"
    kinds = {row["key"]: row["kind"] for row in match.rows if row["key"] != "indicator"}
    assert kinds["industry"] == kinds["keywords"] == kinds["trl"] == kinds["budget"] == "yes"
    indicators = [row["kind"] for row in match.rows if row["key"] == "indicator"]
    assert indicators == ["yes", "unknown"]
    # One must is met, one is not confirmed.
    assert (match.score, match.evidence["cap"]) == (89, 89)
    told = Notice.objects.filter(kind="matching.found").order_by("recipient__name")
    assert {notice.recipient for notice in told} == {cast.member, cast.university_member}
    mine = told.get(recipient=cast.university_member)
    assert mine.title == f"有新的需求匹配你的成果“{result.title}”"
    assert mine.url == f"/achievements/{result.code}/matches/"


def test_a_new_achievement_finds_its_need_and_tells_the_needs_owner(
    cast: Cast, drain: Drain
) -> None:
    need = magnet_need(cast.enterprise, cast.member)
    drain()
    assert not Match.objects.exists()
    result = magnet_result(cast.university, cast.university_member)
    drain()
    match = Match.objects.get()
    notice = Notice.objects.get(kind="matching.found", recipient=cast.member)
    assert notice.title == f"有新的成果匹配你的需求“{need.title}”"
    assert notice.body == f"共 1 项，匹配度最高 {match.score}：{result.title}"
    assert notice.url == f"/needs/{need.code}/matches/"


def test_the_score_is_the_same_from_either_side(cast: Cast, drain: Drain) -> None:
    need = magnet_need(cast.enterprise, cast.member)
    result = magnet_result(cast.university, cast.university_member)
    drain()
    first = Match.objects.get()
    services.compute_matches(need)
    second = Match.objects.get()
    assert (first.score, first.rows) == (second.score, second.rows)
    services.compute_matches_for(result)
    assert Match.objects.get().rows == first.rows


def test_computing_again_changes_nothing_and_tells_nobody(cast: Cast, drain: Drain) -> None:
    need = magnet_need(cast.enterprise, cast.member)
    result = magnet_result(cast.university, cast.university_member)
    drain()
    before = Match.objects.values().get()
    count = Notice.objects.count()
    assert services.compute_matches(need) == []
    assert services.compute_matches_for(result) == []
    services.take_up_needs([need.pk])
    services.take_up_achievements([result.pk])
    after = Match.objects.values().get()
    for changing in ("computed_at", "retrieval"):
        before.pop(changing), after.pop(changing)
    assert before == after
    assert Notice.objects.count() == count


def test_nobody_answers_his_own_need(cast: Cast, drain: Drain) -> None:
    magnet_need(cast.university, cast.university_admin)
    magnet_result(cast.university, cast.university_member)
    drain()
    assert not Match.objects.exists()


def test_what_is_far_off_is_no_match(cast: Cast, drain: Drain) -> None:
    magnet_result(cast.university, cast.university_member)
    magnet_need(
        cast.enterprise,
        cast.member,
        title="大蒜贮藏八个月发芽与失水控制",
        summary="冷库大蒜在五月后发芽，失水超过一成。",
        problem="气调库温度波动大，蒜头失水发芽，损耗高，药剂又受限制，只能提前出库。",
        industry="agri",
        field="07",
        keywords=["大蒜", "气调贮藏"],
        cooperation=["consulting"],
    )
    drain()
    assert not Match.objects.exists()


def test_withdrawn_and_expired_listings_leave_the_view_and_come_back(
    cast: Cast, drain: Drain
) -> None:
    need = magnet_need(cast.enterprise, cast.member)
    result = magnet_result(cast.university, cast.university_member)
    drain()
    assert queries.matches_of_need(need, cast.visitor).count() == 1
    revised = listings.move(need, "revise", actor=cast.member)
    drain()
    assert queries.matches_of_achievement(result, cast.visitor).count() == 0
    assert services.compute_matches(revised) == []
    need = listings.move(revised, "submit", actor=cast.member)
    need = listings.move(need, "publish", actor=cast.registrar_city)
    drain()
    assert queries.matches_of_achievement(result, cast.visitor).get().need_rev == need.rev
    listings.move(result, "withdraw", actor=cast.university_member, reason="停止")
    drain()
    assert queries.matches_of_need(need, cast.visitor).count() == 0


def test_a_changed_listing_replaces_its_rows(cast: Cast, drain: Drain) -> None:
    need = magnet_need(cast.enterprise, cast.member)
    magnet_result(cast.university, cast.university_member)
    drain()
    assert Match.objects.get().score == 89
    need = listings.move(need, "revise", actor=cast.member)
    rows = [{"name": "矫顽力", "comparator": "ge", "target": 60, "unit": "kOe", "must": True}]
    need = listings.save_step(need, actor=cast.member, values={}, rows={"indicators": rows})
    need = listings.move(need, "submit", actor=cast.member)
    need = listings.move(need, "publish", actor=cast.registrar_city)
    drain()
    match = Match.objects.get()
    assert (match.score, match.evidence["cap"], match.need_rev) == (59, 59, need.rev)


def test_a_match_that_falls_below_the_floor_goes_unless_somebody_judged_it(
    cast: Cast, drain: Drain
) -> None:
    need = magnet_need(cast.enterprise, cast.member)
    magnet_result(cast.university, cast.university_member)
    drain()
    match = Match.objects.get()
    far: dict[str, Any] = {
        "title": "大蒜播种机",
        "summary": "播种",
        "problem": "蒜瓣直立率低，漏播多，效率不高。" * 2,
        "industry": "machinery.agri",
        "field": "07",
        "keywords": ["大蒜"],
        "trl_min": 9,
        "cooperation": ["equity"],
        "budget_max": 1_000_000,
        "budget_min": 1_000_000,
    }
    need = listings.move(need, "revise", actor=cast.member)
    need = listings.save_step(need, actor=cast.member, values=far, rows={"indicators": []})
    type(need).objects.filter(pk=need.pk).update(status="published")
    need.refresh_from_db()
    services.mark_match(match, actor=cast.member, verdict="fits")
    services.compute_matches(need)
    assert Match.objects.get().score < 45
    Match.objects.update(need_verdict="")
    services.compute_matches(need)
    assert not Match.objects.exists()


def test_nothing_confidential_gets_into_the_evidence(cast: Cast, drain: Drain) -> None:
    magnet_need(cast.enterprise, cast.member)
    magnet_result(cast.university, cast.university_member)
    drain()
    stored = json.dumps(Match.objects.get().evidence, ensure_ascii=False)
    notices = json.dumps(list(Notice.objects.values("params")), ensure_ascii=False)
    for canary in ("CANARY", "13800138000", "tto@example.com"):
        assert canary not in stored
        assert canary not in notices


def test_a_dismissed_match_stays_away_for_both_sides(cast: Cast, drain: Drain) -> None:
    need = magnet_need(cast.enterprise, cast.member)
    result = magnet_result(cast.university, cast.university_member)
    drain()
    match = Match.objects.get()
    services.mark_match(
        match, actor=cast.member, verdict="dismissed", reason="price", note="超出今年预算"
    )
    for actor in (cast.visitor, cast.member, cast.university_member):
        assert queries.matches_of_need(need, actor).count() == 0
        assert queries.matches_of_achievement(result, actor).count() == 0
    services.take_up_needs([need.pk])
    services.take_up_achievements([result.pk])
    assert Match.objects.get().need_verdict == "dismissed"
    assert queries.matches_of_need(need, cast.member).count() == 0
    assert list(queries.dismissed_by(cast.member)) == [match]
    assert list(queries.dismissed_by(cast.university_member)) == []
    said = MatchFeedback.objects.get()
    assert (said.side, said.reason, said.note) == ("need", "price", "超出今年预算")
    services.mark_match(match, actor=cast.member, verdict="fits")
    assert queries.matches_of_need(need, cast.visitor).count() == 1
    assert queries.feedback_of(match, "need").verdict == "fits"  # type: ignore[union-attr]
    assert [line.event for line in history("matching.match", match.pk)] == ["MatchMarked"] * 2


def test_a_fit_is_told_to_the_other_side_once(cast: Cast, drain: Drain) -> None:
    magnet_need(cast.enterprise, cast.member)
    result = magnet_result(cast.university, cast.university_member)
    drain()
    match = Match.objects.get()
    services.mark_match(match, actor=cast.member, verdict="fits")
    services.mark_match(match, actor=cast.approver, verdict="fits")
    drain()
    notice = Notice.objects.get(kind="matching.fits")
    assert notice.recipient == cast.university_member
    assert notice.title == f"需求方认为成果“{result.title}”合适"


def test_an_author_who_left_is_replaced_by_the_admins(cast: Cast, drain: Drain) -> None:
    magnet_need(cast.enterprise, cast.member)
    cast.member.memberships.all().delete()
    magnet_result(cast.university, cast.university_member)
    drain()
    told = Notice.objects.filter(kind="matching.found", url__startswith="/needs/")
    assert {notice.recipient for notice in told} == {cast.org_admin}


@pytest.mark.parametrize(
    "role", ["outsider", "operator", "registrar_city", "broker", "auditor", "visitor"]
)
def test_only_the_two_sides_judge(cast: Cast, role: str) -> None:
    match = make_match(
        magnet_need(cast.enterprise, cast.member),
        magnet_result(cast.university, cast.university_member),
    )
    with pytest.raises(Forbidden):
        services.mark_match(match, actor=cast[role], verdict="fits")
    assert not MatchFeedback.objects.exists()


def test_nobody_speaks_for_the_other_side(cast: Cast) -> None:
    match = make_match(
        magnet_need(cast.enterprise, cast.member),
        magnet_result(cast.university, cast.university_member),
    )
    with pytest.raises(Forbidden):
        services.mark_match(match, actor=cast.member, verdict="fits", side="achievement")
    services.mark_match(match, actor=cast.university_admin, verdict="fits")
    match.refresh_from_db()
    assert (match.need_verdict, match.achievement_verdict) == ("", "fits")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"verdict": "dismissed"}, "reason"),
        ({"verdict": "dismissed", "reason": "so"}, "reason"),
        ({"verdict": "maybe"}, "verdict"),
        ({"verdict": "fits", "note": "长" * 501}, "note"),
    ],
)
def test_a_judgement_must_be_whole(cast: Cast, values: dict[str, str], field: str) -> None:
    match = make_match(
        magnet_need(cast.enterprise, cast.member),
        magnet_result(cast.university, cast.university_member),
    )
    with pytest.raises(InvalidInput) as refused:
        services.mark_match(match, actor=cast.member, **values)
    assert list(refused.value.errors) == [field]


def test_an_own_draft_can_be_previewed_and_nothing_is_stored(cast: Cast, drain: Drain) -> None:
    result = magnet_result(cast.university, cast.university_member)
    drain()
    draft = magnet_need(cast.enterprise, cast.member, state="draft")
    (found,) = queries.preview_matches(draft).matches
    assert (found.other, found.score) == (result, 89)
    assert not Match.objects.exists()
    need = magnet_need(cast.enterprise, cast.member)
    drain()
    other = magnet_result(
        cast.university, cast.university_member, state="draft", title="另一项晶界扩散"
    )
    assert [one.other for one in queries.preview_needs(other).matches] == [need]


def test_counts_of_matches(cast: Cast, drain: Drain) -> None:
    need = magnet_need(cast.enterprise, cast.member)
    other = magnet_need(cast.enterprise, cast.member, state="draft", title="另一条")
    result = magnet_result(cast.university, cast.university_member)
    drain()
    assert queries.match_counts([need, other]) == {need.pk: 1, other.pk: 0}
    assert queries.match_counts([result]) == {result.pk: 1}
    assert queries.match_counts([]) == {}
    assert queries.new_match_count(cast.member) == 1
    assert queries.new_match_count(cast.outsider) == 0
    services.mark_match(Match.objects.get(), actor=cast.member, verdict="fits")
    assert queries.new_match_count(cast.member) == 0
    assert queries.new_match_count(cast.university_member) == 1


def test_a_missing_index_makes_fewer_matches_and_no_error(
    cast: Cast, drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    need = magnet_need(cast.enterprise, cast.member)
    monkeypatch.setattr(engine, "hybrid_match", lambda *_a, **_k: [])
    assert services.compute_matches(need) == []
    assert queries.describe("晶界扩散后矫顽力不够").matches == []


def test_where_nothing_comes_over_the_bar_the_author_hears_why(cast: Cast, drain: Drain) -> None:
    magnet_result(cast.university, cast.university_member)
    drain()
    need = magnet_need(
        cast.enterprise,
        cast.member,
        state="draft",
        title="大蒜贮藏八个月发芽与失水控制",
        problem="气调库温度波动大，蒜头失水发芽，损耗高，药剂又受限制，与磁体的晶界扩散无关。",
        summary="冷库大蒜在五月后发芽，失水超过一成。",
        industry="agri",
        field="07",
        keywords=["大蒜", "气调贮藏"],
        cooperation=["consulting"],
    )
    found = queries.preview_matches(need)
    assert found.matches == []
    assert found.lacking is not None
    assert (found.lacking.looked_at, found.lacking.bar) == (1, 45)
    assert 0 < found.lacking.best < 45
    words = lacking_words(found.lacking)
    assert words.startswith("比对了最接近的 1 项，都没有达到列出的标准。主要差在：")


def test_nothing_to_compare_with_is_said_too(cast: Cast) -> None:
    engine.rebuild("achievements")
    found = queries.preview_matches(magnet_need(cast.enterprise, cast.member, state="draft"))
    assert lacking_words(found.lacking) == "现在还没有公开的信息可以比对。"
