"""Nobody publishes what they have not seen, nobody overwrites what a colleague has saved."""

from typing import Any

from django.test import Client

import pytest

from marketplace.journal.models import Version
from marketplace.kernel.errors import Stale
from marketplace.listings import services as listings
from marketplace.needs.models import Need
from marketplace.taxonomy import services as taxonomy
from tests.cast import Cast
from tests.factories.achievements import make_achievement
from tests.factories.needs import INDICATORS, make_need
from tests.filled import Sent, form_with, opened, post_seen, send, sent_by

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _code_lists(db: None) -> None:
    taxonomy.load_seeds()


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def resubmitted(need: Need, cast: Cast, **values: Any) -> Need:
    """The author takes a need back, changes it and submits it again."""
    need = listings.move(need, "recall", actor=cast.member)
    rows = values.pop("rows", None)
    need = listings.save_step(need, actor=cast.member, values=values, rows=rows)
    return listings.move(need, "submit", actor=cast.member)


def sent_by_page(html: str, name: str) -> Sent:
    """What the form in this answer would send."""
    return sent_by(form_with(html, name))


# --- decisions ------------------------------------------------------------------------------------
def test_a_reviewer_does_not_publish_a_text_they_never_saw(cast: Cast) -> None:
    need = make_need(cast.enterprise, cast.member, state="in_review")
    registrar = signed_in(cast.registrar_city)
    address = f"/workbench/review/needs/{need.code}/"
    page = sent_by(opened(registrar, address, "publish"))
    changed = [{**INDICATORS[0], "target": 0.03}, INDICATORS[1]]
    resubmitted(need, cast, summary="现在收购竞争对手的配方", rows={"indicators": changed})

    refused = send(registrar, address, page, publish="1")
    assert refused.status_code == 409
    need.refresh_from_db()
    assert need.status == "in_review"
    found = {str(row.label): (row.before, row.after) for row in refused.context["changed"]}
    assert found["公开简介"] == (
        "多层实木复合板甲醛释放量偏高，希望引进无醛胶黏剂及配套热压工艺。",
        "现在收购竞争对手的配方",
    )
    before, after = found["技术指标"]
    assert "0.05" in before.splitlines()[0]
    assert "0.03" in after.splitlines()[0]
    assert [line.rpartition(" · ")[2] for line in after.splitlines()] == ["必须满足", "可协商"]
    assert before.splitlines()[1:] == after.splitlines()[1:]
    assert set(found) == {"公开简介", "技术指标"}

    # The page that says so shows what is there now: the next decision is made on that.
    again = sent_by_page(refused.text, "publish")
    assert send(registrar, address, again, publish="1").status_code == 302
    need.refresh_from_db()
    assert (need.status, need.summary) == ("published", "现在收购竞争对手的配方")


def test_a_return_of_what_was_changed_keeps_the_reasons_typed(cast: Cast) -> None:
    need = make_need(cast.enterprise, cast.member, state="in_review")
    registrar = signed_in(cast.registrar_city)
    address = f"/workbench/review/needs/{need.code}/"
    page = sent_by(opened(registrar, address, "other"))
    resubmitted(need, cast, title="换了一个名称")
    refused = send(registrar, address, {**page, "other": ["请写明检测方法"]}, **{"return": "1"})
    assert refused.status_code == 409
    assert "请写明检测方法</textarea>" in refused.text
    need.refresh_from_db()
    assert need.status == "in_review"


def test_a_resubmission_shows_the_difference_and_the_earlier_reasons(cast: Cast) -> None:
    need = make_need(cast.enterprise, cast.member, state="returned")
    need = listings.save_step(need, actor=cast.member, values={"problem": "写得更具体了" * 10})
    listings.move(need, "submit", actor=cast.member)
    page = signed_in(cast.registrar_city).get(f"/workbench/review/needs/{need.code}/")
    assert [str(row.label) for row in page.context["resubmitted"]] == ["主要技术难点"]
    assert page.context["earlier_reasons"] == ["指标无法测量"]
    assert "与上一次相比" in page.text


def test_a_draft_that_is_deleted_leaves_no_version(cast: Cast) -> None:
    need = make_need(cast.enterprise, cast.member, state="in_review")
    need = listings.move(need, "recall", actor=cast.member)
    assert Version.objects.count() == 1
    listings.delete_draft(need, actor=cast.member)
    assert not Version.objects.exists()


@pytest.mark.parametrize(
    ("name", "act"),
    [
        ("publish", lambda a, who, rev: listings.move(a, "publish", actor=who, rev=rev)),
        (
            "return",
            lambda a, who, rev: listings.move(a, "return", actor=who, rev=rev, reasons=["x"]),
        ),
    ],
)
def test_the_service_compares_after_the_lock(cast: Cast, name: str, act: Any) -> None:
    made = make_achievement(cast.university, cast.university_member, state="in_review")
    with pytest.raises(Stale):
        act(made, cast.registrar_city, made.rev - 1)
    made.refresh_from_db()
    assert made.status == "in_review"
    act(made, cast.registrar_city, made.rev)


# --- edits ----------------------------------------------------------------------------------------
def test_the_second_writer_is_shown_both_versions_and_saves_knowingly(cast: Cast) -> None:
    need = make_need(cast.enterprise, cast.member)
    address = f"/workbench/needs/{need.code}/edit/basics/"
    first, second = signed_in(cast.member), signed_in(cast.approver)
    mine = sent_by(opened(first, address, "title"))
    theirs = sent_by(opened(second, address, "title"))
    assert (
        send(second, address, {**theirs, "summary": ["同事写的简介"]}, next="1").status_code == 302
    )

    mine |= {"summary": ["我写的简介"], "background": ["我写的背景"]}
    refused = send(first, address, mine, next="1")
    assert refused.status_code == 409
    found = {str(row.label): (row.before, row.after) for row in refused.context["conflict"]}
    assert found == {
        "公开简介": ("同事写的简介", "我写的简介"),
        "需求背景与现状": ("年产多层板 12 万立方米，两条热压线。", "我写的背景"),
    }
    assert "我写的简介</textarea>" in refused.text
    need.refresh_from_db()
    assert need.summary == "同事写的简介"

    knowingly = sent_by_page(refused.text, "title")
    assert knowingly["summary"] == ["我写的简介"]
    assert send(first, address, knowingly, next="1").status_code == 302
    need.refresh_from_db()
    assert (need.summary, need.background) == ("我写的简介", "我写的背景")


def test_rows_are_compared_too(cast: Cast) -> None:
    need = make_need(cast.enterprise, cast.member)
    address = f"/workbench/needs/{need.code}/edit/targets/"
    client = signed_in(cast.member)
    mine = sent_by(opened(client, address, "indicators-0-name"))
    listings.save_step(need, actor=cast.approver, values={}, rows={"indicators": INDICATORS[:1]})
    refused = send(client, address, mine, next="1")
    assert refused.status_code == 409
    (row,) = refused.context["conflict"]
    assert (str(row.label), len(row.before.splitlines()), len(row.after.splitlines())) == (
        "技术指标",
        1,
        2,
    )
    assert need.indicators.count() == 1


def test_a_second_click_on_save_is_no_conflict(cast: Cast) -> None:
    need = make_need(cast.enterprise, cast.member)
    address = f"/workbench/needs/{need.code}/edit/basics/"
    client = signed_in(cast.member)
    mine = {**sent_by(opened(client, address, "title")), "summary": ["点了两次"]}
    answers = [send(client, address, mine, next="1") for _ in range(2)]
    assert [(a.status_code, a["Location"]) for a in answers] == [
        (302, f"/workbench/needs/{need.code}/edit/targets/")
    ] * 2
    need.refresh_from_db()
    assert need.summary == "点了两次"


def test_mending_a_typing_error_does_not_hide_what_a_colleague_saved(cast: Cast) -> None:
    need = make_need(cast.enterprise, cast.member)
    address = f"/workbench/needs/{need.code}/edit/basics/"
    client = signed_in(cast.member)
    mine = sent_by(opened(client, address, "title"))
    listings.save_step(need, actor=cast.approver, values={"summary": "同事写的"})
    bad = send(client, address, {**mine, "title": [""]}, next="1")
    assert bad.status_code == 400
    mended = {**sent_by_page(bad.text, "title"), "title": ["补上的名称"]}
    assert send(client, address, mended, next="1").status_code == 409
    need.refresh_from_db()
    assert need.summary == "同事写的"


def test_the_author_does_not_submit_what_a_colleague_wrote_meanwhile(cast: Cast) -> None:
    need = make_need(cast.enterprise, cast.member)
    address = f"/workbench/needs/{need.code}/edit/check/"
    client = signed_in(cast.member)
    page = client.get(address)
    assert f'name="rev" value="{need.rev}"' in page.text
    listings.save_step(need, actor=cast.approver, values={"summary": "同事写的"})
    assert client.post(address, {"rev": str(need.rev)}).status_code == 409
    need.refresh_from_db()
    assert need.status == "draft"
    assert post_seen(client, address).status_code == 302
