"""A side confirms an intent by a sealed PDF in place of a click: both see it, its hash is kept."""

import hashlib
from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

import pytest

from marketplace.enquiries import queries, services
from marketplace.enquiries.models import Enquiry, Intent
from marketplace.files.models import Attachment
from marketplace.journal.models import Entry
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused, Stale
from tests.cast import Cast
from tests.factories.enquiries import make_enquiry
from tests.factories.files import pdf_bytes
from tests.factories.needs import make_need
from tests.marketplace.enquiries.way import signed_in, values

pytestmark = pytest.mark.django_db


def scan(name: str = "意向盖章件.pdf", pages: int = 1) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, pdf_bytes(pages), content_type="application/pdf")


def stored() -> list[tuple[str, int | None]]:
    rows = Attachment.objects.filter(subject_kind="enquiries.intent").order_by("pk")
    return list(rows.values_list("name", "subject_id"))


@pytest.fixture
def intent(cast: Cast, enquiry: Enquiry) -> Intent:
    """The enterprise has proposed; the university decides."""
    return services.propose_intent(enquiry, values(), actor=cast.approver)


def test_both_sides_confirm_by_sealed_copies(cast: Cast, intent: Intent) -> None:
    sealed = services.seal_intent(intent, scan=scan(), actor=cast.org_admin, rev=1)
    own = Attachment.objects.get(subject_kind="enquiries.intent")
    assert (sealed.status, sealed.rev, sealed.decided_at) == ("proposed", 2, None)
    assert sealed.proposed_sha256 == own.sha256 != ""
    accepted = services.accept_intent(
        sealed, scan=scan("学校盖章.pdf", 2), actor=cast.university_admin, rev=2
    )
    assert (accepted.status, accepted.rev) == ("accepted", 3)
    assert stored() == [("意向盖章件.pdf", intent.pk), ("学校盖章.pdf", intent.pk)]
    first, second = queries.confirmations_of([accepted])[intent.pk]
    assert (first.side, first.is_sealed, first.sha256) == ("asker", True, own.sha256)
    assert (second.side, second.is_sealed) == ("owner", True)
    assert first.file is not None
    assert second.file is not None
    assert (first.file.name, second.file.name) == ("意向盖章件.pdf", "学校盖章.pdf")
    assert second.sha256 == accepted.accepted_sha256 == second.file.sha256
    assert Entry.objects.get(event="IntentSealed").payload["sha256"] == own.sha256
    assert Entry.objects.get(event="IntentAgreed").payload["sha256"] == second.sha256


def test_on_line_stays_on_line(cast: Cast, intent: Intent) -> None:
    accepted = services.accept_intent(intent, actor=cast.university_admin, rev=1)
    said = queries.confirmations_of([accepted])[intent.pk]
    assert [(row.side, row.is_sealed, row.sha256, row.file) for row in said] == [
        ("asker", False, "", None),
        ("owner", False, "", None),
    ]
    assert stored() == []


def test_who_may_not_confirm_stores_nothing(cast: Cast, intent: Intent) -> None:
    for person in (cast.member, cast.university_member, cast.university_admin, cast.operator):
        with pytest.raises(Forbidden):
            services.seal_intent(intent, scan=scan(), actor=person)
    # The one who proposed, his colleagues, and members of the other side.
    for person in (cast.approver, cast.org_admin, cast.university_member, cast.outsider):
        with pytest.raises(Forbidden):
            services.accept_intent(intent, scan=scan(), actor=person)
    assert stored() == []
    services.seal_intent(intent, scan=scan(), actor=cast.approver)
    with pytest.raises(Refused, match="本单位已上传盖章件"):
        services.seal_intent(intent, scan=scan(), actor=cast.approver)
    services.withdraw_intent(intent, actor=cast.approver)
    with pytest.raises(Refused):
        services.accept_intent(intent, scan=scan(), actor=cast.university_admin)
    assert stored() == [("意向盖章件.pdf", intent.pk)]


@pytest.mark.parametrize(
    ("upload", "reason"),
    [
        (None, "请上传盖章件"),
        (SimpleUploadedFile("章.png", b"\x89PNG"), "盖章件请上传 PDF 文件"),
        (SimpleUploadedFile("章.pdf", b"not a PDF"), "内容与扩展名不符"),
    ],
)
def test_what_is_no_pdf_is_refused_at_the_field(
    cast: Cast, intent: Intent, upload: Any, reason: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        services.seal_intent(intent, scan=upload, actor=cast.approver, rev=1)
    assert list(refused.value.errors) == ["scan"]
    assert reason in str(refused.value.errors["scan"][0])
    intent.refresh_from_db()
    assert (intent.rev, intent.proposed_sha256) == (1, "")


def test_a_stale_page_keeps_no_copy(cast: Cast, intent: Intent) -> None:
    with pytest.raises(Stale):
        services.accept_intent(intent, scan=scan(), actor=cast.university_admin, rev=7)
    intent.refresh_from_db()
    assert (intent.status, intent.accepted_sha256) == ("proposed", "")
    # It belongs to nothing and goes with the daily clean-up.
    assert stored() == [("意向盖章件.pdf", None)]


def test_the_seal_of_a_hidden_owner_waits_for_its_name(cast: Cast) -> None:
    need = make_need(cast.enterprise, cast.member, state="published", hide_owner=True)
    hidden = make_enquiry(need, cast.university, cast.university_member, owner=cast.member)
    intent = services.propose_intent(hidden, values(), actor=cast.university_admin)
    with pytest.raises(InvalidInput) as refused:
        services.accept_intent(intent, scan=scan(), actor=cast.approver)
    assert "盖章件上有本单位名称" in str(refused.value.errors["scan"][0])
    assert stored() == []
    # The asker is known to the owner.
    services.seal_intent(intent, scan=scan(), actor=cast.university_admin)
    services.accept_intent(intent, actor=cast.approver)


def test_the_page_takes_the_copy_and_both_sides_see_it(
    cast: Cast, intent: Intent, drain: Callable[[], int]
) -> None:
    url = reverse("enquiries:intent", args=[intent.code])
    asker, owner = signed_in(cast.approver), signed_in(cast.university_admin)
    assert "上传盖章件确认" in asker.get(url).content.decode()
    missing = asker.post(url, {"act": "seal", "rev": 1})
    assert missing.status_code == 400
    assert "请上传盖章件" in missing.content.decode()
    assert asker.post(url, {"act": "seal", "rev": 1, "scan": scan()}).status_code == 302
    stale = owner.post(url, {"act": "seal", "rev": 1, "scan": scan("学校.pdf", 2)})
    assert stale.status_code == 409
    assert (
        owner.post(url, {"act": "seal", "rev": 2, "scan": scan("学校.pdf", 2)}).status_code == 302
    )
    drain()
    intent.refresh_from_db()
    assert (intent.status, intent.enquiry.status) == ("accepted", "agreed")
    for client in (asker, owner):
        page = client.get(url).content.decode()
        assert page.count("SHA-256 <span") == 3
        assert intent.proposed_sha256 in page
        assert intent.accepted_sha256 in page
    file = Attachment.objects.get(name="学校.pdf", subject_id=intent.pk)
    for user, status in ((cast.member, 200), (cast.university_member, 200), (cast.outsider, 404)):
        assert signed_in(user).get(file.url).status_code == status


def test_the_api_takes_and_shows_it(cast: Cast, intent: Intent) -> None:
    client = signed_in(cast.approver)
    url = reverse("api:intent_detail", args=[intent.code])
    seal = reverse("api:intent_act", args=[intent.code, "seal"])
    assert client.get(url).json()["available_actions"] == ["seal", "withdraw", "counter"]
    empty = client.post(seal, {"rev": 1}, content_type="application/json")
    assert empty.status_code == 400
    assert empty.json()["errors"] == [{"field": "scan", "message": "请上传盖章件"}]
    sealed = client.post(seal, {"rev": 1, "scan": scan()})
    assert sealed.status_code == 200
    body = sealed.json()
    assert body["available_actions"] == ["withdraw", "counter"]
    (said,) = body["confirmations"]
    digest = Intent.objects.get().proposed_sha256
    file = Attachment.objects.get(subject_kind="enquiries.intent")
    assert (said["side"], said["is_sealed"], said["sha256"]) == ("asker", True, digest)
    assert said["file"] == {"name": "意向盖章件.pdf", "url": file.url}
    other = signed_in(cast.university_admin)
    accept = reverse("api:intent_act", args=[intent.code, "accept"])
    done = other.post(accept, {"rev": 2, "scan": scan("学校.pdf", 2)}).json()
    assert [(row["side"], row["is_sealed"]) for row in done["confirmations"]] == [
        ("asker", True),
        ("owner", True),
    ]
    listed = client.get(reverse("api:intent_list", args=[intent.enquiry.code])).json()
    assert listed[0]["confirmations"] == done["confirmations"]


def test_the_copy_goes_with_the_enquiry_and_the_hash_stays(cast: Cast, intent: Intent) -> None:
    digest = services.seal_intent(intent, scan=scan(), actor=cast.approver).proposed_sha256
    assert len(digest) == len(hashlib.sha256().hexdigest())
    services.withdraw_intent(intent, actor=cast.approver)
    enquiry = services.close(intent.enquiry, reason="price", actor=cast.member)
    Enquiry.objects.filter(pk=enquiry.pk).update(closed_at="2000-01-01T00:00:00Z")
    assert services.purge_records() != {}
    intent.refresh_from_db()
    assert (intent.subject, intent.proposed_sha256) == ("", digest)
    assert Attachment.objects.get(subject_kind="enquiries.intent").removed_at is not None
    assert queries.confirmations_of([intent])[intent.pk][0].file is None
