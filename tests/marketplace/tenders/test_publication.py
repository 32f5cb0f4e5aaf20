"""Four eyes, what publication freezes, and what it refuses."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.test import Client
from django.urls import reverse

import pytest

from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.notices.models import Notice
from marketplace.parties.models import Membership, PlatformRole, User
from marketplace.tenders import queries, services
from marketplace.tenders.models import Tender
from marketplace.tenders.workflow import TENDER
from tests.cast import Cast
from tests.factories.custody import make_custodian
from tests.factories.keepers import Keepers
from tests.factories.matching import magnet_need, magnet_result, make_match
from tests.factories.needs import make_need
from tests.factories.parties import make_member, make_staff
from tests.factories.tenders import content, make_tender, working_deadline

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def fresh(user: User) -> User:
    """The person as the next request finds him, with the roles that he has by then."""
    return User.objects.get(pk=user.pk)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_publication_freezes_the_calendar_and_the_terms(cast: Cast) -> None:
    with clock.shift(NOON - clock.now()):
        row = make_tender(cast.enterprise, cast.approver, open_days=20)
    assert row.deadline == row.first_deadline == datetime(2026, 3, 23, 9, 0, tzinfo=UTC)
    assert row.questions_until == datetime(2026, 3, 20, 9, 0, tzinfo=UTC)
    assert row.answers_until == datetime(2026, 3, 21, 9, 0, tzinfo=UTC)
    assert row.results_until == datetime(2026, 4, 22, 9, 0, tzinfo=UTC)
    assert (row.status, row.terms_rev, row.keys_rev) == ("tendering", 1, 1)
    assert row.terms_hash == queries.terms_hash(row)
    assert row.next_check == row.answers_until


def test_the_author_and_the_purchaser_decide_on_nothing_of_their_own(cast: Cast) -> None:
    row = make_tender(cast.enterprise, cast.approver, state="in_review")
    both = make_staff("operator")
    Membership.objects.create(user=both, organization=cast.enterprise, role="member")
    both.forget_access()
    for person in (cast.approver, cast.authority, both, cast.university_admin):
        with pytest.raises(Forbidden):
            services.publish_tender(row, actor=person)
    assert list(queries.to_review(both)) == []
    assert list(queries.to_review(cast.operator)) == [row]
    assert services.publish_tender(row, actor=cast.operator).published_by_id == cast.operator.pk


def test_an_unknown_year_refuses_with_the_reason(cast: Cast) -> None:
    # The holidays of 2027 are not known; what is made public would end there.
    with clock.shift(datetime(2026, 12, 1, 4, 0, tzinfo=UTC) - clock.now()):
        need = make_need(cast.enterprise, cast.approver, state="published")
        row = services.draft_tender(need, services.Beginning("call", True), actor=cast.approver)
        row = services.edit_content(row, content(), actor=cast.approver)
        row = services.edit_schedule(row, deadline=working_deadline(10), actor=cast.approver)
        with pytest.raises(Refused, match="2027 年的节假日安排尚未录入"):
            services.submit_tender(row, actor=cast.approver)


def test_a_day_off_is_no_deadline(cast: Cast) -> None:
    # 14 March 2026 is a Saturday that is off, 28 February 2026 one that is worked.
    with clock.shift(NOON - clock.now()):
        row = make_tender(cast.enterprise, cast.approver, state="draft")
        off = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)
        row = services.edit_schedule(row, deadline=off, actor=cast.approver)
        with pytest.raises(Refused, match="休息日"):
            services.submit_tender(row, actor=cast.approver)


def test_a_deadline_that_was_fine_when_it_was_sent_may_be_too_early_now(cast: Cast) -> None:
    row = make_tender(cast.enterprise, cast.approver, state="in_review", open_days=8)
    with clock.shift(timedelta(days=5)), pytest.raises(Refused, match="不少于 7 日"):
        services.publish_tender(row, actor=cast.operator)


def test_one_that_opens_later_is_announced_first(cast: Cast) -> None:
    row = make_tender(cast.enterprise, cast.approver, starts_in=3)
    assert row.status == "published"
    assert not row.takes_bids(clock.now())
    with clock.shift(timedelta(days=3, minutes=1)):
        # Nobody has written it yet, and it is true already.
        assert row.status_now == "tendering"
        assert services.tick() == 1
    row.refresh_from_db()
    assert row.status == "tendering"


def test_a_tender_under_the_law_needs_a_record_of_standing(cast: Cast) -> None:
    keepers = Keepers(cast)
    row = make_tender(
        cast.enterprise,
        cast.approver,
        state="in_review",
        procedure="tender",
        sealing="sealed",
        custodians=keepers.custodians,
        open_days=30,
    )
    keepers.rehearse()
    with pytest.raises(Refused, match="尚未登记开展招标的资格"):
        services.publish_tender(row, actor=cast.operator)
    with pytest.raises(Forbidden):
        services.record_standing(body="省住建厅", basis="鲁建 1 号", actor=cast.authority)
    standing = services.record_standing(body="省住建厅", basis="鲁建 1 号", actor=cast.operator)
    with pytest.raises(Refused, match="已有一条"):
        services.record_standing(body="市住建局", basis="临建 1 号", actor=cast.operator)
    assert services.publish_tender(row, actor=cast.operator).status == "tendering"
    services.end_standing(standing, actor=cast.operator)
    assert queries.standing_now(clock.now()) is None


def test_city_money_waits_for_the_county_and_for_the_argument_of_experts(
    cast: Cast,
) -> None:
    row = make_tender(
        cast.enterprise,
        cast.approver,
        state="in_review",
        procedure="challenge",
        is_city_funded=True,
    )
    with pytest.raises(Refused, match="县区初审"):
        services.publish_tender(row, actor=cast.operator)
    with pytest.raises(Forbidden):
        services.argue_tender(row, text="同意", actor=cast.operator)
    with pytest.raises(Refused, match="县区尚未初审"):
        services.argue_tender(row, text="同意", actor=cast.authority)
    assert list(queries.to_argue(cast.authority)) == []
    # A registrar of another county neither sees it nor says anything; the one of its own does.
    PlatformRole.objects.filter(user=cast.registrar_county).update(district="371311")
    # Nobody is appointed for its own county then: nothing waits for him.
    assert list(queries.to_argue(cast.authority)) == [row]
    for person in (fresh(cast.registrar_county), cast.operator, cast.registrar_city):
        with pytest.raises(Forbidden):
            services.screen_tender(row, text="同意推荐", actor=person)
    assert row not in queries.visible_to(fresh(cast.registrar_county))
    PlatformRole.objects.filter(user=cast.registrar_county).update(district=row.county)
    registrar = fresh(cast.registrar_county)
    assert list(queries.to_screen(registrar)) == [row]
    queue = signed_in(registrar).get(reverse("workbench:review")).text
    assert (f"/workbench/tenders/{row.code}/" in queue, "市级资金榜单初审" in queue) == (True, True)
    assert row in queries.visible_to(registrar)
    assert list(queries.to_argue(cast.authority)) == []
    with pytest.raises(InvalidInput):
        services.screen_tender(row, text="  ", actor=registrar)
    address = reverse("api:tender_move", args=[row.code, "screen"])
    said = {"text": "符合榜单方向，同意推荐", "rev": row.rev}
    made = signed_in(registrar).post(address, said, content_type="application/json")
    assert made.status_code == 200, made.content
    row.refresh_from_db()
    assert (row.screening, row.screened_by_id) == ("符合榜单方向，同意推荐", registrar.pk)
    assert "符合榜单方向" in signed_in(cast.authority).get(f"/workbench/tenders/{row.code}/").text
    assert list(queries.to_screen(registrar)) == []
    assert list(queries.to_argue(cast.authority)) == [row]
    row = services.argue_tender(row, text="五位专家同意，财务无异议", actor=cast.authority)
    with pytest.raises(Refused, match="尚未论证"):
        services.screen_tender(row, text="改变意见", actor=registrar)
    # What came back may say something else: both look again.
    row = services.return_tender(row, reason="预算写错", actor=cast.operator)
    row = services.submit_tender(row, actor=cast.approver)
    assert list(queries.to_screen(registrar)) == [row]
    with pytest.raises(Refused, match="县区初审"):
        services.publish_tender(row, actor=cast.operator)
    row = services.screen_tender(row, text="同意推荐", actor=registrar)
    row = services.argue_tender(row, text="五位专家同意", actor=cast.authority)
    assert services.publish_tender(row, actor=cast.operator).argued_by_id == cast.authority.pk


def test_the_county_and_the_authority_send_it_back_each_at_its_step(
    cast: Cast, drain: Callable[[], int]
) -> None:
    row = make_tender(
        cast.enterprise,
        cast.approver,
        state="in_review",
        procedure="challenge",
        is_city_funded=True,
    )
    registrar = cast.registrar_county
    PlatformRole.objects.filter(user=registrar).update(district=row.county)
    registrar = fresh(registrar)
    county, authority = "return_by_county", "return_by_authority"

    def offered(person: User) -> set[str]:
        return {one.name for one in TENDER.available(Tender.objects.get(pk=row.pk), person)}

    # The authority waits for the county; the operator and the purchaser return nothing in their names.
    assert (offered(registrar), offered(cast.authority)) == ({county}, set())
    with pytest.raises(Refused, match="县区尚未初审"):
        services.return_tender(row, reason="x", move=authority, actor=cast.authority)
    for person in (cast.operator, cast.approver, cast.authority):
        with pytest.raises(Forbidden):
            services.return_tender(row, reason="x", move=county, actor=person)
    with pytest.raises(InvalidInput):
        services.return_tender(row, reason=" ", move=county, actor=registrar)
    page = f"/workbench/tenders/{row.code}/"
    said = {"act": county, f"{county}-reason": "与本区产业方向不符", "rev": row.rev}
    assert signed_in(registrar).post(page, said).status_code == 302
    row.refresh_from_db()
    assert (row.status, row.return_reason) == ("returned", "与本区产业方向不符")
    shown = signed_in(cast.approver).get(page).text
    assert "县区初审退回</b>：与本区产业方向不符" in shown
    assert "县区初审退回" in signed_in(cast.approver).get("/workbench/").text
    assert "县区初审不推荐，已退回修改" in shown
    # Mended and handed in again it is looked at anew; then the authority sends it back, and both look again.
    row = services.submit_tender(row, actor=cast.approver)
    assert (row.return_reason, list(queries.to_screen(registrar))) == ("", [row])
    services.screen_tender(row, text="同意推荐", actor=registrar)
    assert offered(cast.authority) == {authority}
    row = services.argue_tender(row, text="三位专家保留意见", actor=cast.authority)
    assert offered(registrar) == set()
    address = reverse("api:tender_move", args=[row.code, authority])
    said = {"reason": "经费依据不足", "rev": row.rev}
    made = signed_in(cast.authority).post(address, said, content_type="application/json")
    assert (made.status_code, made.json()["status"]) == (200, "returned"), made.content
    row.refresh_from_db()
    assert (row.screened_at, row.argued_at) == (None, None)
    assert "主管部门退回</b>：经费依据不足" in signed_in(cast.approver).get(page).text
    row = services.submit_tender(row, actor=cast.approver)
    assert list(queries.to_screen(registrar)) == [row]
    with pytest.raises(Refused, match="县区初审"):
        services.publish_tender(row, actor=cast.operator)
    drain()
    told = [one.title for one in Notice.objects.filter(recipient=cast.approver).order_by("id")]
    returned = [title for title in told if "退回" in title]
    assert len(returned) == 2, told
    assert "县区初审不推荐" in returned[0]
    assert "论证没有通过" in returned[1]


def test_every_custodian_opens_a_test_box_before_it_is_public(cast: Cast) -> None:
    keepers = Keepers(cast)
    row = make_tender(
        cast.enterprise,
        cast.approver,
        state="in_review",
        sealing="sealed",
        custodians=keepers.custodians,
    )
    keepers.rehearse(2)
    with pytest.raises(Refused, match=r"质检所.*还没有完成本项目的密钥演练"):
        services.publish_tender(row, actor=cast.operator)
    keepers.rehearse()
    row = services.publish_tender(row, actor=cast.operator)
    printed = [(one.number, one.key) for one in row.keepers.all()]
    assert [number for number, _key in printed] == [1, 2, 3]
    assert all(len(key) == 32 for _number, key in printed)
    assert len({key for _number, key in printed}) == 3


def test_custodians_are_of_different_institutions(cast: Cast) -> None:
    keepers = Keepers(cast)
    again = make_custodian(
        keepers.custodians[1].organization,
        inviter=make_member(keepers.custodians[1].organization, "org_admin"),
        kind="other",
    )
    row = make_tender(cast.enterprise, cast.approver, state="draft")
    for chosen, threshold, reason in (
        (keepers.custodians[:1], 2, "至少选择两位"),
        ([*keepers.custodians[:2], again], 2, "不同的单位"),
        (keepers.custodians, 4, "2 到 3"),
    ):
        with pytest.raises(InvalidInput) as error:
            services.edit_keys(
                row,
                sealing="sealed",
                custodians=chosen,
                threshold=threshold,
                actor=cast.approver,
            )
        assert reason in str(error.value.errors["custodians"][0])


def test_holders_of_matching_results_are_told(cast: Cast, drain: object) -> None:
    need = magnet_need(cast.enterprise, cast.approver)
    make_match(need, magnet_result(cast.university, cast.university_admin))
    make_tender(cast.enterprise, cast.approver, need=need)
    drain()  # type: ignore[operator]
    told = Notice.objects.filter(kind="tenders.matched")
    assert {one.recipient_id for one in told} == {cast.university_admin.pk}


def test_a_draft_shows_nothing_to_others(cast: Cast) -> None:
    row = make_tender(cast.enterprise, cast.approver, state="draft")
    for person in (cast.university_admin, cast.operator, cast.authority, cast.auditor):
        assert not queries.visible_to(person).filter(pk=row.pk).exists()
        assert not person.has_perm("tenders.view_tender", row)
    assert Tender.objects.count() == 1
