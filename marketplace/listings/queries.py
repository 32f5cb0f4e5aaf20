"""Questions that both kinds of listing answer alike."""

import logging
from collections.abc import Iterable
from typing import Any, TypeVar

from django.db import DatabaseError, transaction
from django.db.models import Manager, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from marketplace.journal import tallies
from marketplace.kernel import clock
from marketplace.listings.models import Listing
from marketplace.listings.policies import PUBLIC, READERS, REVIEWERS
from marketplace.parties.policies import access_of

L = TypeVar("L", bound=Listing)

log = logging.getLogger(__name__)

TAKEN_DOWN = _("发布单位已将这条信息下架。")


def manager(model: type[L]) -> Manager[L]:
    """The default manager of a concrete listing (the abstract base has none)."""
    return model._default_manager  # noqa: SLF001 -- Django's documented name for it


def visible_to(model: type[L], actor: Any) -> QuerySet[L]:
    """The listings that `actor` may see: the list-side twin of the view permission."""
    access = access_of(actor)
    seen = Q(status__in=PUBLIC) | Q(owner_id__in=list(access.orgs))
    if access.has(*READERS):
        seen |= ~Q(status="draft")
    return manager(model).filter(seen).select_related("owner")


def codes_of_owners(model: type[L], owners: Iterable[int]) -> list[str]:
    """The codes of everything that these organisations own, for the index."""
    return list(manager(model).filter(owner_id__in=list(owners)).values_list("code", flat=True))


def taken_down(model: type[L], code: str) -> L | None:
    """The withdrawn listing of this code that the public has seen, for the answer 410."""
    rows = manager(model).filter(code=code, status="withdrawn", published_at__isnull=False)
    return rows.first()


def own(model: type[L], actor: Any) -> QuerySet[L]:
    """Listings of the organisations that `actor` works for, last changed first."""
    return (
        manager(model)
        .filter(owner_id__in=list(access_of(actor).orgs))
        .select_related("owner")
        .order_by("-updated_at", "-id")
    )


def waiting_for_review(model: type[L], actor: Any) -> QuerySet[L]:
    """The review queue of this person, oldest first; never their own organisation's listings."""
    access = access_of(actor)
    if not access.has(*REVIEWERS):
        return manager(model).none()
    return (
        manager(model)
        .filter(status="in_review")
        .exclude(owner_id__in=list(access.orgs))
        .select_related("owner", "author")
        .order_by("submitted_at", "id")
    )


def due_to_expire(model: type[L]) -> QuerySet[L]:
    """Published listings whose validity is over."""
    return manager(model).filter(status="published", expires_at__lte=clock.now())


def in_order(model: type[L], actor: Any, codes: list[str]) -> list[L]:
    """The visible listings of these codes, in the order of the codes; one query."""
    found = {row.code: row for row in visible_to(model, actor).filter(code__in=codes)}
    kept = [found[code] for code in codes if code in found]
    if len(kept) < len(codes):
        # A row that was hidden a moment ago, or an index that is not true: the operator counts them.
        _tally(len(codes) - len(kept))
    return kept


def _tally(prevented: int) -> None:
    """Count hits that were kept from a page. No page fails for that, nor its transaction."""
    try:
        with transaction.atomic():
            tallies.count(tallies.LEAK_PREVENTED, prevented)
    except DatabaseError as error:
        log.warning("%s hits kept back, not counted: %s", prevented, type(error).__name__)
