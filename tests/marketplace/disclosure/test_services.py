"""Asking, accepting, granting, revoking: who may, what is refused, and what it opens."""

from datetime import timedelta

import pytest

from marketplace.disclosure import queries, services
from marketplace.disclosure.models import AgreementText, Grant, NameRelease, Reading
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused, Stale
from marketplace.needs.models import Need
from tests.cast import Cast
from tests.factories.disclosure import accept, make_grant, subject_of
from tests.factories.needs import make_need

pytestmark = pytest.mark.django_db
PERM = "needs.view_confidential_need"


def published(cast: Cast, **values: object) -> Need:
    return make_need(cast.enterprise, cast.member, state="published", **values)


def fresh(person: object) -> object:
    return type(person).objects.get(pk=person.pk)  # type: ignore[attr-defined]


def test_the_part_opens_after_both_acts_and_shuts_with_either(cast: Cast) -> None:
    need, org, reader = published(cast), cast.university, cast.university_member
    assert not reader.has_perm(PERM, need)
    grant = make_grant(need, org, asker=reader, owner=cast.approver)
    assert not reader.has_perm(PERM, need), "granted, and the agreement not accepted"
    accept(org, cast.university_admin)
    assert reader.has_perm(PERM, need)
    assert not cast.outsider.has_perm(PERM, need)
    opened = queries.opening(reader, "needs.need", need.pk, need.owner_id)
    assert opened is not None
    assert (opened.organization, opened.grant) == (org, grant)
    assert queries.why_shut(reader, "needs.need", need.pk, need.owner_id) == ""
    with clock.shift(timedelta(days=31)):
        assert not reader.has_perm(PERM, need), "over, before the task has run"
        assert services.end_grants() == 1
    assert Grant.objects.get().status == "ended"


def test_a_new_text_asks_again_and_says_so(cast: Cast) -> None:
    need, org, reader = published(cast), cast.university, cast.university_member
    make_grant(need, org, asker=reader, owner=cast.approver)
    accept(org, cast.university_admin)
    words = {"title": "第 2 版", "body": "文", "title_en": "v2", "body_en": "text"}
    with pytest.raises(InvalidInput) as past:
        services.publish_text(**words, effective_at=clock.now(), actor=cast.operator)
    assert list(past.value.errors) == ["effective_at"]
    with pytest.raises(Forbidden):
        services.publish_text(**words, effective_at=clock.now(), actor=cast.org_admin)
    old = queries.current_text()
    assert old is not None
    at = clock.now() + timedelta(days=2)
    text = services.publish_text(**words, effective_at=at, actor=cast.operator)
    assert (text.version, queries.coming_text()) == (2, text)
    assert reader.has_perm(PERM, need)
    with clock.shift(timedelta(days=2, seconds=1)):
        assert not reader.has_perm(PERM, need)
        why = queries.why_shut(reader, "needs.need", need.pk, need.owner_id)
        assert "新版本" in str(why)
        with pytest.raises(Stale):
            services.accept_agreement(org, old, actor=cast.university_admin)
        services.accept_agreement(org, text, actor=cast.university_admin)
        assert reader.has_perm(PERM, need)


def test_only_those_who_bind_accept_and_grant(cast: Cast) -> None:
    need, org = published(cast), cast.university
    text = queries.current_text()
    assert text is not None
    assert len(text.sha256) == 64
    for person in (cast.university_member, cast.member, cast.operator):
        with pytest.raises(Forbidden):
            services.accept_agreement(org, text, actor=person)
    accepted = services.accept_agreement(org, text, actor=cast.university_admin)
    assert (accepted.sha256, accepted.sealed) == (text.sha256, False)
    with pytest.raises(Refused):
        services.accept_agreement(org, text, actor=cast.university_admin)
    grant = make_grant(
        need, org, asker=cast.university_member, owner=cast.approver, state="requested"
    )
    tomorrow = clock.today() + timedelta(days=1)
    for person in (cast.member, cast.university_admin, cast.operator):
        with pytest.raises(Forbidden):
            services.give_grant(grant, until=tomorrow, actor=person)
    given = services.give_grant(grant, until=tomorrow, actor=cast.approver, rev=grant.rev)
    assert given.last_day == tomorrow
    with pytest.raises(Stale):
        services.revoke(given, reason="误授", actor=cast.approver, rev=grant.rev)


def test_what_is_refused(cast: Cast) -> None:
    need, org, reader = published(cast), cast.university, cast.university_member
    subject = subject_of(need)
    with pytest.raises(Forbidden):
        services.request_grant(subject, org, actor=cast.outsider)
    with pytest.raises(InvalidInput) as own:
        services.request_grant(subject, cast.enterprise, actor=cast.member)
    assert list(own.value.errors) == ["organization"]
    with pytest.raises(InvalidInput) as long:
        services.request_grant(subject, org, note="长" * 20_000, actor=reader)
    assert list(long.value.errors) == ["note"]
    grant = services.request_grant(subject, org, note="评估", actor=reader)
    with pytest.raises(Refused):
        services.request_grant(subject, org, actor=reader)
    for day in (None, clock.today() - timedelta(days=1), clock.today() + timedelta(days=1100)):
        with pytest.raises(InvalidInput) as refused:
            services.give_grant(grant, until=day, actor=cast.approver)
        assert list(refused.value.errors) == ["until"]
    with pytest.raises(InvalidInput) as silent:
        services.decline(grant, reason=" ", actor=cast.approver)
    assert list(silent.value.errors) == ["reason"]
    org.status = "suspended"
    org.save(update_fields=["status"])
    with pytest.raises(Refused):
        services.give_grant(grant, until=clock.today(), actor=cast.approver)
    with pytest.raises(InvalidInput):
        services.offer_grant(subject, org, until=clock.today(), actor=cast.approver)
    nothing = published(cast, title="没有保密内容的需求", confidential="")
    with pytest.raises(Refused):
        services.request_grant(subject_of(nothing), cast.other_enterprise, actor=cast.outsider)
    draft = make_need(cast.enterprise, cast.member, title="草稿里的需求")
    with pytest.raises(Refused):
        services.request_grant(subject_of(draft), cast.other_enterprise, actor=cast.outsider)


def test_an_anonymous_owner_is_named_by_the_grant_and_must_say_so(cast: Cast) -> None:
    need, org, reader = published(cast, hide_owner=True), cast.university, cast.university_member
    named = ("needs.need", need.pk, need.owner_id)
    assert not queries.owner_named_to(reader, *named)
    with pytest.raises(InvalidInput) as silent:
        services.offer_grant(subject_of(need), org, until=clock.today(), actor=cast.approver)
    assert list(silent.value.errors) == ["releases_name"]
    assert (Grant.objects.count(), NameRelease.objects.count()) == (0, 0)
    services.offer_grant(
        subject_of(need), org, until=clock.today(), actor=cast.approver, releases_name=True
    )
    assert queries.owner_named_to(reader, *named)
    assert not queries.owner_named_to(cast.outsider, *named)
    with pytest.raises(Forbidden):
        services.release_name(
            subject_of(need), organization=cast.other_enterprise, actor=cast.member
        )
    services.release_name(subject_of(need), organization=cast.other_enterprise, actor=cast.approver)
    assert queries.owner_named_to(cast.outsider, *named)
    assert queries.opening(cast.outsider, *named) is None
    services.release_name(subject_of(need), visitor_key="key", actor=cast.approver)
    assert queries.visitor_knows_owner("key", *named[:2])
    assert not queries.visitor_knows_owner("other", *named[:2])


def test_readings_are_written_down_for_all_but_the_owner(cast: Cast) -> None:
    need, org, reader = published(cast), cast.university, cast.university_member
    subject = subject_of(need)
    with pytest.raises(Forbidden):
        services.record_reading(subject, what="page", actor=reader)
    grant = make_grant(need, org, asker=reader, owner=cast.approver)
    accept(org, cast.university_admin)
    services.record_reading(subject, what="page", actor=reader)
    services.record_reading(subject, what="api", actor=cast.auditor)
    assert services.record_reading(subject, what="page", actor=cast.member) is None
    staff, person = queries.readings_of("needs.need", need.pk)
    assert (staff.staff_role, staff.organization_name, staff.what) == ("auditor", "", "api")
    assert (person.user, person.organization_name, person.grant) == (reader, org.name, grant)
    assert queries.readings_for(cast.member).count() == 2
    assert queries.readings_for(reader).count() == 0
    services.revoke(grant, reason="合作终止", actor=cast.approver)
    with pytest.raises(Forbidden) as gone:
        services.record_reading(subject, what="page", actor=reader)
    assert "撤销" in str(gone.value)
    assert Reading.objects.count() == 2


def test_readers_keep_what_they_had_while_the_listing_is_revised(cast: Cast) -> None:
    from marketplace.listings import services as listings

    need, org, reader = published(cast), cast.university, cast.university_member
    make_grant(need, org, asker=reader, owner=cast.approver)
    accept(org, cast.university_admin)
    need = listings.move(need, "revise", actor=cast.member)
    listings.save_step(need, actor=cast.member, values={"confidential": "还没写完的新配方"})
    assert subject_of(need).text == "现用胶黏剂配方见附件，不得外传。"
    assert reader.has_perm(PERM, Need.objects.get())
    assert not reader.has_perm("needs.view_need", Need.objects.get())


def test_the_first_text_is_loaded_once(cast: Cast) -> None:
    assert services.load_texts() == 0
    text = AgreementText.objects.get()
    assert (text.version, str(clock.day_of(text.effective_at))) == (1, "2026-11-01")
    assert "电子签名" not in text.body
    assert "签署" not in text.body
