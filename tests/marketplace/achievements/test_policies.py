"""What each of the cast may see, state by state; the list shows exactly what the policy allows."""

import pytest

from marketplace.achievements import queries
from tests.cast import Cast
from tests.factories.achievements import make_achievement

pytestmark = pytest.mark.django_db

STATES = ["draft", "in_review", "returned", "published", "expired", "withdrawn", "transferred"]
OWN = {"university_admin", "university_member"}
READERS = {"operator", "registrar_city", "registrar_county", "authority", "auditor"}


@pytest.mark.parametrize("state", STATES)
def test_who_sees_an_achievement(cast: Cast, state: str) -> None:
    made = make_achievement(cast.university, cast.university_member, state=state)
    seen = {
        role
        for role, person in cast.people()
        if person.has_perm("achievements.view_achievement", made)
    }
    everybody = {role for role, _person in cast.people()}
    public = state in {"published", "expired", "transferred"}
    assert seen == (everybody if public else OWN if state == "draft" else OWN | READERS)


@pytest.mark.parametrize("state", STATES)
def test_the_list_is_the_policys_twin(cast: Cast, state: str) -> None:
    made = make_achievement(cast.university, cast.university_member, state=state)
    for role, person in cast.people():
        listed = made in queries.visible_to(person)
        assert listed == person.has_perm("achievements.view_achievement", made), role


@pytest.mark.parametrize("state", STATES)
def test_the_confidential_part_is_for_the_owner_and_staff(cast: Cast, state: str) -> None:
    made = make_achievement(cast.university, cast.university_member, state=state)
    perm = "achievements.view_confidential_achievement"
    seen = {role for role, person in cast.people() if person.has_perm(perm, made)}
    assert seen == (OWN if state == "draft" else OWN | READERS)


def test_the_review_queue_is_oldest_first_and_for_reviewers(cast: Cast) -> None:
    first = make_achievement(cast.university, cast.university_member, state="in_review")
    second = make_achievement(cast.enterprise, cast.member, state="in_review", title="另一个")
    assert list(queries.achievements_to_review(cast.registrar_city)) == [first, second]
    assert list(queries.achievements_to_review(cast.member)) == []


def test_batches_are_for_their_owner_and_after_submission_for_staff(cast: Cast) -> None:
    from marketplace.achievements import services
    from marketplace.journal import jobs
    from tests.factories.achievements import good_rows, sheet, upload

    batch = upload(cast.university, cast.university_member, sheet(good_rows(1)))
    jobs.run_open()
    perm = "achievements.view_batch"
    for state in (OWN, OWN | READERS):
        batch.refresh_from_db()
        seen = {role for role, person in cast.people() if person.has_perm(perm, batch)}
        assert seen == state
        for role, person in cast.people():
            assert (batch in queries.batches_visible_to(person)) == (role in state)
        if batch.status == "checked":
            services.confirm_import(batch, actor=cast.university_member, mode="all")
            jobs.run_open()
    perm = "achievements.review_batch"
    may = {role for role, person in cast.people() if person.has_perm(perm, batch)}
    assert may == {"operator", "registrar_city", "registrar_county"}
