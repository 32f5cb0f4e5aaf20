"""Asking the owner of a listing."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from marketplace.disclosure.models import NameRelease
from marketplace.enquiries import events, rulebook
from marketplace.enquiries.models import Enquiry, VisitorContact
from marketplace.enquiries.policies import principals_of, writes_for
from marketplace.enquiries.rulebook import ASKER
from marketplace.enquiries.services.writing import add_message, reopen_with
from marketplace.enquiries.workflow import Status
from marketplace.journal.services import publish
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.kernel.models import insert
from marketplace.listings.kind import ListingKind
from marketplace.listings.workflow import CONTACTABLE
from marketplace.parties.models import Organization
from marketplace.parties.policies import access_of
from marketplace.parties.queries import publishing_organizations

#: Why an enquiry was left for the operator: the asker and a hidden owner are one organisation.
SAME_PARTY = "same_party"


def asking_organizations(user: Any, listing: Any) -> list[Organization]:
    """The organisations for which a person may ask about a listing, its owner left out.

    A hidden owner stays in for a person who does not work there: leaving it out would give it away.
    """
    own = publishing_organizations(user)
    others = principals_of(user) - {row.pk for row in own}
    if others:
        own = [*own, *Organization.objects.filter(pk__in=others).order_by("id")]
    return [row for row in own if not _is_refused_oneself(listing, row, user)]


def _is_refused_oneself(listing: Any, asker: Organization, actor: Any) -> bool:
    if listing.owner_id != asker.pk:
        return False
    return not listing.hide_owner or access_of(actor).in_org(asker.pk)


@transaction.atomic
def ask(
    kind: ListingKind,
    listing: Any,
    *,
    asker: Organization,
    text: str,
    actor: Actor,
    evidence: Mapping[str, Any] | None = None,
    pool_consent: bool = False,
) -> Enquiry:
    """Ask the owner of a listing for `asker`; a second question of the pair goes into the first enquiry.

    Raises Forbidden for who does not write for `asker`, InvalidInput, Refused for a listing that is
    not open any more.
    """
    if not writes_for(actor, asker.pk):
        raise Forbidden
    listing = open_listing(kind, listing)
    if _is_refused_oneself(listing, asker, actor):
        raise InvalidInput({"asker": [_("不能咨询本单位发布的信息")]})
    return begin_or_go_on(
        kind,
        listing,
        text,
        actor=actor,
        asker=asker,
        asked_by_id=actor.pk,
        evidence=dict(evidence or {}),
        pool_consent=pool_consent,
        # A refusal would tell a proxy who the hidden owner is.
        is_sample=bool(getattr(actor, "is_sample", False)),
        for_operator=SAME_PARTY if asker.pk == listing.owner_id else "",
    )


def open_listing(kind: ListingKind, listing: Any) -> Any:
    """The listing as it is now, locked. Raises Refused when it takes no questions any more."""
    rows = kind.model._default_manager.select_for_update(of=("self",))  # noqa: SLF001 -- documented
    present = rows.select_related("owner").filter(pk=listing.pk).first()
    if present is None or present.status not in CONTACTABLE:
        raise Refused(_("这条信息已下架或已结束，不能再咨询"))
    return present


def begin_or_go_on(
    kind: ListingKind,
    listing: Any,
    text: str,
    *,
    actor: Actor,
    asker: Organization | None = None,
    visitor: VisitorContact | None = None,
    asked_by_id: int | None = None,
    evidence: dict[str, Any] | None = None,
    pool_consent: bool = False,
    for_operator: str = "",
    is_sample: bool = False,
) -> Enquiry:
    """Create the enquiry of a pair with its first message, or add the message to the one that exists."""
    if not text.strip():
        raise InvalidInput({"text": [_("请填写内容")]})
    if len(text) > rulebook.MAX_TEXT:
        raise InvalidInput({"text": [_("最多 %(most)d 个字") % {"most": rulebook.MAX_TEXT}]})
    fresh = Enquiry(
        kind=kind.name,
        listing_id=listing.pk,
        listing_code=listing.code,
        listing_title=listing.title,
        owner=listing.owner,
        asker=asker,
        visitor=visitor,
        asked_by_id=asked_by_id,
        evidence=evidence or {},
        pool_consent=pool_consent,
        hidden_owner=bool(listing.hide_owner),
        for_operator=for_operator,
        named_at=_named_at(kind, listing, asker, visitor),
        is_sample=is_sample,
    )
    enquiry, is_new = _of_pair(fresh)
    if not is_new and enquiry.status == Status.CLOSED:
        reopen_with(enquiry, _("又提出了新的问题"), side=ASKER, actor=actor)
    message = add_message(enquiry, text, side=ASKER, actor=actor)
    if is_new:
        publish(
            events.EnquiryAsked(
                subject_id=enquiry.pk,
                kind=kind.name,
                listing_id=listing.pk,
                owner_id=enquiry.owner_id,
                asker_id=enquiry.asker_id,
                message_id=message.pk,
            ),
            actor=actor,
        )
    else:
        publish(
            events.MessageWritten(subject_id=enquiry.pk, message_id=message.pk, side=ASKER),
            actor=actor,
        )
    return enquiry


def _named_at(
    kind: ListingKind, listing: Any, asker: Organization | None, visitor: VisitorContact | None
) -> datetime | None:
    """When the hidden owner was named to this asker before, for example with a grant."""
    if not listing.hide_owner:
        return None
    rows = NameRelease.objects.filter(subject_kind=kind.subject, subject_id=listing.pk)
    key = visitor.contact_hash if visitor is not None else ""
    return rows.filter(organization=asker, visitor_key=key).values_list("at", flat=True).first()


def _of_pair(fresh: Enquiry) -> tuple[Enquiry, bool]:
    """The locked enquiry of the pair, and whether it is the fresh one.

    Two tabs that ask at once meet in the unique constraint; the second finds the enquiry of the first.
    """
    rows = Enquiry.objects.select_for_update().filter(
        kind=fresh.kind,
        listing_id=fresh.listing_id,
        asker=fresh.asker,
        visitor=fresh.visitor,
    )
    found = rows.first()
    if found is not None:
        return found, False
    try:
        with transaction.atomic():
            insert(fresh)
    except IntegrityError:
        found = rows.all().first()
        if found is None:
            raise
        return found, False
    return fresh, True
