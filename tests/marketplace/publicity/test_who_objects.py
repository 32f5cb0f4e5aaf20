"""What an attacker tried: to learn who objects, to hold a publicity up for ever, to decide in one's own cause."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

import pytest

from marketplace.files.queries import attachments_of
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.notices.models import Notice
from marketplace.parties.models import Membership, User
from marketplace.publicity import queries, services
from marketplace.publicity.models import PUBLICITY_FILES, Objection, Publicity
from marketplace.publicity.services.objections import Claim
from tests.cast import Cast
from tests.factories.files import pdf_bytes
from tests.factories.parties import make_staff
from tests.factories.publicity import make_objection, make_publicity
from tests.marketplace.deals.pages import signed_in

pytestmark = pytest.mark.django_db
CLAIM = Claim("price", "有关", "理由")


@pytest.fixture
def running(cast: Cast) -> Publicity:
    return make_publicity(cast.university, cast.university_admin)


def _joined(user: User, org: Any) -> User:
    Membership.objects.create(user=user, organization=org, role="member")
    return User.objects.get(pk=user.pk)


@pytest.mark.parametrize("state", ["submitted", "withdrawn", "filed"])
def test_the_history_of_a_publicity_names_no_objector(
    cast: Cast, running: Publicity, state: str
) -> None:
    make_objection(
        running, cast.enterprise, cast.approver, state=state, answerer=cast.university_admin
    )
    for reader in (cast.university_member, cast.university_admin, cast.authority):
        page = signed_in(reader).get(f"/workbench/publicity/{running.code}/").content.decode()
        assert "已暂停" in page
        assert cast.approver.name not in page
        assert cast.enterprise.name not in page


def test_a_ground_is_raised_once_also_after_taking_it_back(cast: Cast, running: Publicity) -> None:
    make_objection(running, cast.enterprise, cast.approver, state="withdrawn")
    with pytest.raises(InvalidInput) as refused:
        services.draft_objection(running, cast.enterprise, CLAIM, actor=cast.approver)
    assert set(refused.value.errors) == {"ground"}
    other = Claim("ownership", "有关", "理由")
    draft = services.draft_objection(running, cast.enterprise, other, actor=cast.approver)
    with pytest.raises(InvalidInput):
        services.edit_objection(draft, CLAIM, actor=cast.approver)
    assert services.edit_objection(draft, other, actor=cast.approver).ground == "ownership"


def test_what_the_authority_let_pass_holds_nothing_up_later(cast: Cast, running: Publicity) -> None:
    late = make_objection(running, cast.enterprise, cast.approver)
    with clock.shift(timedelta(days=5)):
        services.tick()
        services.resume_publicity(running, reason="不得拖延", actor=cast.authority)
        next_one = make_objection(running, cast.other_enterprise, cast.outsider)
        running.refresh_from_db()
        assert running.is_suspended
        services.answer_objection(next_one, "dismiss", answer="不成立", actor=cast.university_admin)
        running.refresh_from_db()
        late.refresh_from_db()
        assert (late.status, running.is_suspended) == ("late", False)


def test_a_file_that_was_on_its_way_does_not_reach_what_is_public(cast: Cast) -> None:
    draft = make_publicity(cast.university, cast.university_admin, state="draft")
    before = Publicity.objects.get(pk=draft.pk)
    services.publish_publicity(draft, actor=cast.university_admin)
    with pytest.raises(Refused):
        services.add_file(
            before, SimpleUploadedFile("a.pdf", pdf_bytes()), actor=cast.university_admin
        )
    assert not attachments_of(PUBLICITY_FILES, draft.pk)


def test_the_authority_does_not_steer_what_its_own_side_objects_to(
    cast: Cast, running: Publicity
) -> None:
    judge = _joined(cast.authority, cast.enterprise)
    make_objection(running, cast.enterprise, cast.approver, state="draft")
    assert judge.has_perm("publicity.suspend_publicity", running), "a draft is nothing yet"
    services.submit_objection(Objection.objects.get(), actor=cast.approver)
    for act in (services.suspend_publicity, services.resume_publicity, services.cancel_publicity):
        with pytest.raises(Forbidden):
            act(running, reason="核查", actor=judge)


@pytest.mark.parametrize("role", ["authority", "auditor"])
def test_staff_who_work_for_the_publisher_do_not_learn_who_objects(
    cast: Cast, running: Publicity, role: str, drain: Callable[[], int]
) -> None:
    insider = _joined(make_staff(role, email="insider@example.com"), cast.university)
    row = make_objection(running, cast.enterprise, cast.approver)
    assert not insider.has_perm("publicity.view_objection", row)
    assert not queries.objections_visible_to(insider).exists()
    with clock.shift(timedelta(days=5)):
        services.tick()
        drain()
    told = Notice.objects.filter(kind="publicity.late").values_list("recipient", flat=True)
    assert list(told) == [cast.authority.pk]


def test_who_works_for_the_objector_does_not_answer_for_the_publisher(
    cast: Cast, running: Publicity
) -> None:
    both = _joined(cast.university_admin, cast.enterprise)
    row = make_objection(running, cast.enterprise, cast.approver)
    assert not queries.to_answer(both).exists()
    for move in ("uphold", "dismiss"):
        with pytest.raises(Forbidden):
            services.answer_objection(row, move, answer="不成立", actor=both)
