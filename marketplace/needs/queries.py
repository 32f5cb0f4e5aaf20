"""Questions about needs."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.forms.models import model_to_dict

from marketplace.listings import queries as listings
from marketplace.listings.rulebook import Quality
from marketplace.needs import rulebook
from marketplace.needs.models import Need

KIND = "needs.need"


def visible_to(actor: Any) -> QuerySet[Need]:
    """The needs that `actor` may see."""
    return listings.visible_to(Need, actor)


def own_needs(actor: Any) -> QuerySet[Need]:
    """Needs of the organisations that `actor` works for."""
    return listings.own(Need, actor)


def needs_to_review(actor: Any) -> QuerySet[Need]:
    """The review queue of `actor`, oldest first."""
    return listings.waiting_for_review(Need, actor)


def quality_of(need: Need) -> Quality:
    """The quality gate's view of a stored need; one query."""
    rows = [model_to_dict(row) for row in need.indicators.all()]
    return rulebook.assess(model_to_dict(need) | need.contact.columns, rows)


def need_by_id(pk: int) -> Need | None:
    """The need of an event, or None when the draft has been deleted."""
    return Need.objects.select_related("owner", "author").filter(pk=pk).first()


def codes_of(ids: list[int]) -> list[str]:
    """Public codes of these rows, for the index."""
    return list(Need.objects.filter(pk__in=ids).values_list("code", flat=True))


def codes_of_owners(owners: Iterable[int]) -> list[str]:
    """Public codes of what these organisations own, for the index."""
    return listings.codes_of_owners(Need, owners)


def may_read_file(user: Any, attachment: Any) -> bool:
    """Public attachments follow the need; restricted ones its confidential part."""
    need = Need.objects.filter(pk=attachment.subject_id).first()
    verb = "view_need" if attachment.audience == "public" else "view_confidential_need"
    return need is not None and user.has_perm(f"needs.{verb}", need)
