"""Enquiries in any state, made through the services."""

from typing import Any

from marketplace.enquiries import rulebook, services
from marketplace.enquiries.models import Enquiry, Lead, VisitorCode
from marketplace.enquiries.services.sealing import hash_of_code
from marketplace.kernel import clock
from marketplace.listings.kind import ListingKind, kinds
from marketplace.parties.models import Organization, User

QUESTION = "我们有一条同类产线，想了解这项成果的适用条件和改造费用。"


def kind_of(listing: Any) -> ListingKind:
    """The kind of a listing."""
    return next(kind for kind in kinds() if isinstance(listing, kind.model))


def make_enquiry(
    listing: Any,
    asker: Organization,
    actor: User,
    *,
    state: str = "open",
    owner: User | None = None,
    text: str = QUESTION,
    **values: Any,
) -> Enquiry:
    """An enquiry of `asker` about a published listing; `owner` answers where the state needs it."""
    enquiry = services.ask(kind_of(listing), listing, asker=asker, text=text, actor=actor, **values)
    return advance(enquiry, state, owner=owner)


def make_visitor_enquiry(
    listing: Any, *, contact: str = "visitor@example.com", **said: Any
) -> Enquiry:
    """An enquiry of a visitor who has confirmed the contact."""
    values = {
        "kind": kind_of(listing).name,
        "listing_id": listing.pk,
        "language": "zh-hans",
        "name": "卫访客",
        "organization": "费县卫家木业",
        "contact": contact,
        "text": QUESTION,
        "shares_contact": False,
        "pool_consent": False,
        **said,
    }
    services.send_code(contact, network="tests", language="zh-hans")
    # The code itself is in the message alone: here, a known one takes its place.
    row = VisitorCode.objects.latest("pk")
    row.code_hash = hash_of_code(row.contact_hash, "123456")
    row.save()
    enquiry, _link = services.confirm(values, "123456", network="tests")
    return enquiry


def advance(enquiry: Enquiry, state: str, *, owner: User | None) -> Enquiry:
    """Bring an open enquiry to `state`. What an intent and a closing ask for is left out here."""
    if state == "open":
        return enquiry
    if owner is not None:
        services.write(enquiry, "可以，下周安排技术人员与您联系。", actor=owner)
        enquiry.refresh_from_db()
    if state != enquiry.status:
        closing = {"closed_at": clock.now(), "closing_reason": "other"} if state == "closed" else {}
        Enquiry.objects.filter(pk=enquiry.pk).update(status=state, **closing)
        enquiry.refresh_from_db()
    return enquiry


def on_the_way(enquiry: Enquiry, *, left: User, cast: Any) -> dict[str, list[Any]]:
    """What stands between the enquiry of the enterprise and an intent, most of it made by `left` of the owner."""
    values = {
        "contract_kind": "license",
        "subject": "许可",
        "checks": {code: {"answer": "clear", "note": ""} for code in rulebook.CHECKS},
    }
    proposed = services.propose_intent(enquiry, values, actor=left)
    countered = services.propose_intent(enquiry, values, actor=cast.approver, counter_to=proposed)
    step = services.add_step(enquiry, what="看样", side="owner", due=clock.today(), actor=left)
    logged = services.log_contact(
        enquiry.owner, form="call", day=clock.today(), text="来电", actor=cast.registrar_city
    )
    lead = Lead.objects.create(enquiry=enquiry)
    return {
        "intent": [proposed, countered],
        "step": [step],
        "contact": [logged],
        "lead": [lead],
    }
