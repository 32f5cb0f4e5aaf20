"""Questions that every kind of listing answers in the same way."""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, TypeVar

from django.db import DatabaseError, transaction
from django.db.models import Manager, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from marketplace.disclosure import queries as disclosure
from marketplace.disclosure.rulebook import Subject
from marketplace.files.queries import attachments_of
from marketplace.journal import tallies, versions
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.codes import is_valid_code
from marketplace.kernel.unreadable import Unreadable, readable
from marketplace.listings.models import Listing
from marketplace.listings.policies import READERS, REVIEWERS, bare_subject
from marketplace.listings.workflow import LEFT_THE_PUBLIC, PUBLIC, State
from marketplace.parties.policies import access_of
from marketplace.parties.queries import suspended_organizations
from marketplace.web.differences import plain
from marketplace.web.slots import together

L = TypeVar("L", bound=Listing)

log = logging.getLogger(__name__)

#: Columns about a listing that are no part of what it says.
_ABOUT = frozenset(
    {
        *("id", "code", "status", "rev", "owner", "author", "created_at", "updated_at"),
        *("submitted_at", "published_at", "expires_at", "return_reasons", "closing_note"),
        *("is_sample", "solved_how", "transferred_how", "proposed_title", "import_batch"),
        "source_key",
    }
)

TAKEN_DOWN = _("发布单位已将这条信息下架。")


def manager(model: type[L]) -> Manager[L]:
    """The default manager of a concrete listing (the abstract base has none)."""
    return model._default_manager  # noqa: SLF001 -- Django's documented name for it


def subject_of(listing: Listing | type[Listing]) -> str:
    """The journal's and the files' name for the kind of a listing, such as `needs.need`."""
    return str(listing._meta.label_lower)  # noqa: SLF001 -- public by Django's documentation


def visible_to(model: type[L], actor: Actor) -> QuerySet[L]:
    """The listings that `actor` may see: the list-side twin of the view permission."""
    access = access_of(actor)
    seen = Q(status__in=PUBLIC) & owner_not_suspended() | Q(owner_id__in=list(access.orgs))
    if access.has(*READERS):
        seen |= ~Q(status=State.DRAFT)
    return manager(model).filter(seen).select_related("owner")


def owner_not_suspended(owner: str = "owner") -> Q:
    """The condition that the organisation behind this path is not suspended: its listings are hidden."""
    return ~Q(**{f"{owner}__in": suspended_organizations().values("pk")})


def children_of(model: type[Listing]) -> list[str]:
    """The related names of a listing's ordered rows, such as its indicators."""
    links = model._meta.related_objects  # noqa: SLF001 -- public API of Django
    return [
        str(link.get_accessor_name()) for link in links if hasattr(link.related_model, "position")
    ]


def content_of(listing: Listing) -> dict[str, Any]:
    """Everything that a listing says, as plain JSON: `values` by column, `rows` by table, its files."""
    meta = listing._meta  # noqa: SLF001 -- public API of Django
    attached = attachments_of(subject_of(listing), listing.pk)
    return {
        "values": {
            field.name: plain(getattr(listing, field.name))
            for field in meta.concrete_fields
            if field.name not in _ABOUT
        },
        "rows": {
            related: [_plain_row(row) for row in getattr(listing, related).all()]
            for related in children_of(type(listing))
        },
        "files": [row.name for row in attached],
        "file_codes": [row.code for row in attached],
    }


def _plain_row(row: Any) -> dict[str, Any]:
    fields = row._meta.concrete_fields  # noqa: SLF001 -- public API of Django
    return {
        field.name: plain(getattr(row, field.attname)) for field in fields if field.name != "id"
    }


def codes_of(model: type[L], ids: Iterable[int]) -> list[str]:
    """The codes of these rows, for the index."""
    return list(manager(model).filter(pk__in=list(ids)).values_list("code", flat=True))


def codes_of_owners(model: type[L], owners: Iterable[int]) -> list[str]:
    """The codes of everything that these organisations own, for the index."""
    return list(manager(model).filter(owner_id__in=list(owners)).values_list("code", flat=True))


def by_id(model: type[L], pk: int) -> L | None:
    """The listing of an event, or None when the draft has been deleted."""
    return manager(model).select_related("owner", "author").filter(pk=pk).first()


def newest(model: type[L], limit: int) -> list[L]:
    """The listings published last and still open, with what a card needs."""
    return together(readable(_newest(model, limit).all()))


@cache
def _newest(model: type[L], limit: int) -> QuerySet[L]:
    """Their query, put together once: it is the same for every reader at every time."""
    rows = manager(model).filter(owner_not_suspended(), status=State.PUBLISHED)
    rows = rows.select_related("owner")
    # The time left is a live place of a tile, in the kinds that have a deadline.
    fields = {field.name for field in model._meta.fields}  # noqa: SLF001 -- public API of Django
    rows = rows.only("owner", *OF_CARD, *(fields & {"deadline"}))
    return rows.order_by("-published_at", "-id")[:limit]


def may_read_file(model: type[L], user: Actor, attachment: Any) -> bool:
    """Public attachments follow the listing; restricted ones its confidential part."""
    slice_name, noun = subject_of(model).split(".")
    rows = manager(model).select_related("owner")
    listing = rows.filter(pk=attachment.subject_id).first()
    if listing is None:
        return False
    if attachment.is_public:
        return user.has_perm(f"{slice_name}.view_{noun}", listing)
    return disclosure.may_read_file(user, disclosed([listing])[listing.pk], attachment)


def disclosed(listings: Iterable[Listing], url: Callable[[str], str] = str) -> dict[int, Subject]:
    """Listings of one kind as `disclosure` knows them, by key; `url` makes the address of a code.

    A listing that was published and is being revised, or was withdrawn, discloses what the public saw last.
    A revision is its owner's until it is published: no text, no file, no title and no name of it goes out.
    """
    rows = list(listings)
    left = [row for row in rows if row.was_published and row.status in LEFT_THE_PUBLIC]
    kept = (
        versions.last_public_versions(subject_of(left[0]), [row.pk for row in left]) if left else {}
    )
    return {row.pk: _disclosed(row, kept.get(row.pk), url(row.code)) for row in rows}


def _disclosed(listing: Listing, kept: dict[str, Any] | None, url: str) -> Subject:
    bare = bare_subject(listing)
    seen = kept["values"] if kept else {}
    return replace(
        bare,
        title=seen.get("title", listing.title) or listing.code,
        url=url,
        text=seen.get("confidential", listing.confidential),
        hides_owner=seen.get("hide_owner", listing.hide_owner),
        files=frozenset(kept["file_codes"]) if kept else None,
    )


def taken_down(model: type[L], code: str) -> L | None:
    """The withdrawn listing of this code that the public has seen, for the answer 410."""
    if not is_valid_code(code):
        return None
    rows = manager(model).filter(code=code, status=State.WITHDRAWN, published_at__isnull=False)
    return rows.first()


def own(model: type[L], actor: Actor) -> QuerySet[L]:
    """Listings of the organisations that `actor` works for, last changed first."""
    return (
        manager(model)
        .filter(owner_id__in=list(access_of(actor).orgs))
        .select_related("owner")
        .order_by("-updated_at", "-id")
    )


def waiting_for_review(model: type[L], actor: Actor) -> QuerySet[L]:
    """The review queue of this person, oldest first; never their own organisation's listings."""
    access = access_of(actor)
    if not access.has(*REVIEWERS):
        return manager(model).none()
    return (
        manager(model)
        .filter(status=State.IN_REVIEW)
        .exclude(owner_id__in=list(access.orgs))
        .select_related("owner", "author")
        .order_by("submitted_at", "id")
    )


def due_to_expire(model: type[L]) -> QuerySet[L]:
    """Published listings whose validity is over."""
    return manager(model).filter(status=State.PUBLISHED, expires_at__lte=clock.now())


#: What a card that is kept still needs of its row (`marketplace.web.cards`).
OF_CARD = ("code", "rev", "owner__name", "owner__name_en", "owner__status")


def in_order(
    model: type[L], actor: Actor, codes: list[str], *, only: Sequence[str] = ()
) -> list[L]:
    """The visible listings of these codes, in the order of the codes; one query.

    `only` names the columns to read, all by default.
    """
    left_out: list[Unreadable] = []
    visible = visible_to(model, actor).filter(code__in=codes)
    rows = readable(visible.only("owner", *only) if only else visible, left_out)
    found = {row.code: row for row in rows}
    kept = [found[code] for code in codes if code in found]
    if prevented := len(codes) - len(kept) - len(left_out):
        # The row was hidden a moment ago, or the index is wrong: operators see how often.
        _tally(prevented)
    return together(kept)


def _tally(prevented: int) -> None:
    """Count hits that were kept from a page. A failure here fails neither the page nor its transaction."""
    try:
        with transaction.atomic():
            tallies.count(tallies.LEAK_PREVENTED, prevented)
    except DatabaseError as error:
        log.warning("%s hits kept back, not counted: %s", prevented, type(error).__name__)
