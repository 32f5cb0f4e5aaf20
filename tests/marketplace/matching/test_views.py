"""Pages: everybody sees why, owners judge, a typed problem leaves no trace."""

import logging
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import pytest

from marketplace.achievements.models import Achievement
from marketplace.journal.queries import history
from marketplace.matching.models import Match, MatchFeedback
from marketplace.needs.models import Need
from search import engine
from tests.cast import Cast
from tests.factories.matching import magnet_need, magnet_result, make_match

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_index")]
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def match(cast: Cast) -> Match:
    return make_match(
        magnet_need(cast.enterprise, cast.member),
        magnet_result(cast.university, cast.university_member),
    )


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def for_need(match: Match) -> str:
    return reverse("matching:for_need", args=[match.need.code])


def mark_url(match: Match) -> str:
    return reverse("matching:mark", args=[match.code])


def test_a_visitor_sees_each_row_and_no_buttons(client: Client, match: Match) -> None:
    response = client.get(for_need(match))
    page = text_of(response)
    assert response.status_code == 200
    for words in (
        *(
            "新材料 / 磁性材料",
            "矫顽力（必须）",
            "≥ 1650 kA/m",
            "≥ 21 kOe（约合 1671 kA/m）（第三方检测）",
        ),
        *("剩磁 Br（必须）", "未填写", "待确认", "命中 钕铁硼、晶界扩散", "TRL ≥ 7", "在预算内"),
        *("得分怎么来的", "行业与领域 20%", "权重版本 2026-2", "联系持有单位"),
    ):
        assert words in page, words
    assert mark_url(match) not in page
    assert "CANARY" not in page
    assert "tto@example.com" not in page


def test_the_other_side_sees_the_need_without_a_hidden_owner(client: Client, cast: Cast) -> None:
    need = magnet_need(cast.enterprise, cast.member, hide_owner=True)
    result = magnet_result(cast.university, cast.university_member)
    make_match(need, result)
    page = text_of(client.get(reverse("matching:for_achievement", args=[result.code])))
    assert "某企业（已认证）" in page
    assert need.title in page
    assert cast.enterprise.name not in page


def test_within_the_page_of_a_listing_it_is_a_fragment(client: Client, match: Match) -> None:
    page = text_of(client.get(for_need(match), **HTMX))
    assert "<html" not in page
    assert match.achievement.title in page
    assert "c-panel" not in page


def test_a_list_in_which_none_reaches_the_threshold_says_so(client: Client, match: Match) -> None:
    Match.objects.update(score=59)
    page = client.get(reverse("matching:for_need", args=[match.need.code])).content.decode()
    assert "没有一项达到 60 分" in " ".join(page.split())
    Match.objects.update(score=60)
    page = client.get(reverse("matching:for_need", args=[match.need.code])).content.decode()
    assert "共 1 项达到 60 分" in " ".join(page.split())


def test_in_english(client: Client, match: Match) -> None:
    response = client.get(f"/en{for_need(match)}")
    assert response.status_code == 200


@pytest.mark.parametrize("state", ["draft", "in_review", "returned", "withdrawn"])
def test_what_is_not_public_is_not_there(client: Client, cast: Cast, state: str) -> None:
    need = magnet_need(cast.enterprise, cast.member, state=state)
    url = reverse("matching:for_need", args=[need.code])
    assert client.get(url).status_code == 404
    assert signed_in(cast.member).get(url).status_code == 200


def test_an_empty_result_says_what_happens_next(client: Client, cast: Cast) -> None:
    need = magnet_need(cast.enterprise, cast.member)
    url = reverse("matching:for_need", args=[need.code])
    page = text_of(client.get(url))
    assert "还没有找到匹配的成果" in page
    assert "可以比对" not in page
    engine.rebuild("achievements")
    assert "现在还没有公开的信息可以比对。" in text_of(signed_in(cast.member).get(url))


def test_dismissing_needs_a_reason_and_leads_back(cast: Cast, match: Match) -> None:
    client = signed_in(cast.member)
    assert "不合适的原因" in text_of(client.get(f"{mark_url(match)}?side=need"))
    bad = client.post(mark_url(match), {"verdict": "dismissed", "side": "need", "note": "太贵"})
    assert bad.status_code == 400
    assert "请选择不合适的原因" in text_of(bad)
    assert "太贵" in text_of(bad)
    good = client.post(mark_url(match), {"verdict": "dismissed", "reason": "price", "side": "need"})
    assert (good.status_code, good["Location"]) == (302, for_need(match))
    assert match.achievement.title not in text_of(client.get(for_need(match)))
    assert MatchFeedback.objects.get().actor == cast.member


def test_the_own_page_has_the_dialog_and_the_way_back(cast: Cast, match: Match) -> None:
    client = signed_in(cast.member)
    own = reverse("matching:own")
    page = text_of(client.get(own))
    assert f'data-open="#dismiss-{match.code}"' in page
    assert "与现有方案相比优势不明" in page
    assert "你的需求" in page
    done = client.post(
        mark_url(match),
        {"verdict": "dismissed", "reason": "early", "side": "need", "from": "own"},
        follow=True,
    )
    assert done.redirect_chain == [(own, 302)]
    assert "没有要看的匹配" in text_of(done)
    assert match.achievement.title in text_of(client.get(f"{own}?show=dismissed"))
    assert match.achievement.title not in text_of(client.get(f"{own}?side=achievement"))


def test_a_judgement_sent_twice_is_kept_once(client: Client, cast: Cast, match: Match) -> None:
    """A second click; what a colleague says, or the same person says otherwise, is kept too."""
    too_early = {"verdict": "dismissed", "reason": "early", "note": " 还在小试 "}
    for person, said in (
        (cast.member, too_early),
        (cast.member, too_early),
        (cast.member, {**too_early, "reason": "price"}),
        (cast.approver, {**too_early, "reason": "price"}),
        (cast.member, {"verdict": "fits", "reason": "", "note": ""}),
        (cast.member, {"verdict": "fits", "reason": "", "note": ""}),
    ):
        client.force_login(person)
        assert client.post(mark_url(match), {"side": "need", **said}).status_code == 302
    rows = MatchFeedback.objects.order_by("pk").values_list("actor", "verdict", "reason")
    assert list(rows) == [
        (cast.member.pk, "dismissed", "early"),
        (cast.member.pk, "dismissed", "price"),
        (cast.approver.pk, "dismissed", "price"),
        (cast.member.pk, "fits", ""),
    ]
    told = history("matching.match", match.pk)
    assert [line.event for line in told] == ["MatchMarked"] * 4


@pytest.mark.parametrize(
    ("role", "status"), [("outsider", 403), ("operator", 403), ("broker", 403)]
)
def test_strangers_may_not_judge(cast: Cast, match: Match, role: str, status: int) -> None:
    client = signed_in(cast[role])
    assert client.post(mark_url(match), {"verdict": "fits"}).status_code == status
    assert not MatchFeedback.objects.exists()


def test_a_stranger_does_not_learn_of_a_match_that_was_dismissed(cast: Cast, match: Match) -> None:
    Match.objects.update(need_verdict="dismissed")
    assert signed_in(cast.outsider).get(mark_url(match)).status_code == 404
    assert Client().get(mark_url(match)).status_code == 302


def test_a_preview_is_for_the_owner(cast: Cast) -> None:
    magnet_result(cast.university, cast.university_member)
    engine.rebuild("achievements")
    draft = magnet_need(cast.enterprise, cast.member, state="draft")
    url = reverse("matching:preview_need", args=[draft.code])
    page = text_of(signed_in(cast.member).get(url, **HTMX))
    assert "烧结钕铁硼晶界扩散低重稀土技术" in page
    assert signed_in(cast.outsider).get(url).status_code == 404
    assert Client().get(url).status_code == 302
    public = magnet_need(cast.enterprise, cast.member)
    url = reverse("matching:preview_need", args=[public.code])
    assert signed_in(cast.outsider).get(url).status_code == 403


def test_a_problem_in_own_words(
    client: Client, cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    result = magnet_result(cast.university, cast.university_member)
    engine.rebuild("achievements")
    url = reverse("matching:describe")
    assert client.get(url).status_code == 200
    secret = "我们的钕铁硼磁片晶界扩散后矫顽力上不去，暗号 XK42"
    with (
        caplog.at_level(logging.DEBUG),
        CaptureQueriesContext(
            connection,
        ) as queries,
    ):
        response = client.post(url, {"problem": secret})
    assert result.title in text_of(response)
    assert "文字相近" in text_of(response)
    assert "共同用词：" in text_of(response)
    # Texts alone: no score of a hundred, no share of anything.
    assert "匹配度</span>" not in text_of(response)
    assert "相近度" not in text_of(response)
    assert response["Cache-Control"].split(", ")[0] == "max-age=0"
    assert "no-store" in response["Cache-Control"]
    assert "XK42" not in caplog.text
    assert not [q for q in queries.captured_queries if "XK42" in q["sql"]]
    assert "XK42" not in response.request["PATH_INFO"] + response.request["QUERY_STRING"]
    assert not Match.objects.exists()


@pytest.mark.parametrize("problem", ["", "  ", "短", "长" * 5001, "x" * 1_000_000])
def test_a_problem_must_be_one(client: Client, problem: str) -> None:
    response = client.post(reverse("matching:describe"), {"problem": problem})
    assert response.status_code == 400


@pytest.mark.parametrize(
    "problem", ["\ud800" * 20, "\x00" * 20, "<script>alert(1)</script>", "%s%s%(a)s {0}"]
)
def test_a_hostile_problem_is_no_fault(client: Client, problem: str) -> None:
    data = f"problem={problem}".encode("utf-8", "surrogatepass")
    response = client.post(
        reverse("matching:describe"), data, content_type="application/x-www-form-urlencoded"
    )
    assert response.status_code in {200, 400}
    assert "<script>alert" not in response.content.decode()


def test_the_problem_box_has_a_rate(client: Client) -> None:
    url = reverse("matching:describe")
    codes = [client.post(url, {"problem": ""}).status_code for _ in range(61)]
    assert codes[-1] == 429
    assert set(codes[:-1]) == {400}


def test_hostile_words_in_a_listing_are_escaped(client: Client, cast: Cast) -> None:
    bad = "<img src=x onerror=alert(1)>%(name)s{{7*7}}"
    need = magnet_need(cast.enterprise, cast.member, keywords=[bad, "钕铁硼"])
    result = magnet_result(cast.university, cast.university_member, trl_evidence=bad)
    make_match(need, result)
    page = client.get(reverse("matching:for_need", args=[need.code])).content.decode()
    assert "<img src=x" not in page
    assert "{{7*7}}" in page


def many(cast: Cast, number: int) -> Need:
    """A need with so many matches."""
    need = magnet_need(cast.enterprise, cast.member)
    first = magnet_result(cast.university, cast.university_member)
    copies = []
    for place in range(number - 1):
        copy = Achievement(owner=first.owner, author=first.author, status="published")
        for name in ("title", "industry", "cooperation", "trl", "price_min", "price_max"):
            setattr(copy, name, getattr(first, name))
        copy.title = f"{first.title} {place}"
        copies.append(copy)
    Achievement.objects.bulk_create(copies)
    for achievement in [first, *copies]:
        make_match(need, achievement)
    return need


def test_queries_do_not_grow_with_the_matches(cast: Cast) -> None:
    counts = []
    client = signed_in(cast.member)
    for number in (1, 30):
        Match.objects.all().delete()
        need = many(cast, number)
        for url in (
            reverse("matching:for_need", args=[need.code]),
            reverse("matching:own"),
            f"/api/v1/needs/{need.code}/matches/",
        ):
            client.get(url)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(url).status_code == 200
            counts.append(len(queries))
    assert counts[:3] == counts[3:]


def test_the_api_gives_what_the_page_gives(client: Client, match: Match) -> None:
    data = client.get(f"/api/v1/needs/{match.need.code}/matches/").json()
    assert [row["code"] for row in data] == [match.code]
    assert data[0]["score"] == match.score
    assert data[0]["achievement"]["code"] == match.achievement.code
    assert {"key": "trl", "verdict": "满足", "kind": "yes"}.items() <= next(
        row for row in data[0]["rows"] if row["key"] == "trl"
    ).items()
    other = client.get(f"/api/v1/achievements/{match.achievement.code}/matches/").json()
    assert other == data
    assert "CANARY" not in str(data)
    assert client.get("/api/v1/needs/XQ2026-AAAAAA-A/matches/").status_code == 404
