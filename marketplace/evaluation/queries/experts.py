"""Which experts there are, who sees them, who waits for whom."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import QuerySet

from marketplace.evaluation.models import Expert
from marketplace.evaluation.policies import OVERSEERS
from marketplace.evaluation.workflow import ExpertStatus
from marketplace.kernel.actors import Actor
from marketplace.parties.policies import Role, access_of
from marketplace.taxonomy import queries as taxonomy

#: The code list of fields of work: the one that tenders have.
SCHEME = "industry"


def _rows() -> QuerySet[Expert]:
    return Expert.objects.select_related("person").prefetch_related("fields")


def experts_visible_to(actor: Actor) -> QuerySet[Expert]:
    """The twin of `evaluation.view_expert`, the newest first. The register is not public."""
    rows = _rows().order_by("-id")
    if access_of(actor).has(Role.OPERATOR, *OVERSEERS):
        return rows
    return rows.filter(person_id=actor.pk)


def expert_of(actor: Actor) -> Expert | None:
    """The person's own entry; None for who never applied."""
    return _rows().filter(person_id=actor.pk).first() if actor.pk else None


def returned_to(actor: Actor) -> QuerySet[Expert]:
    """The person's own entry, while it waits to be mended."""
    return _rows().filter(person_id=actor.pk, status=ExpertStatus.RETURNED)


def experts_in_state(actor: Actor, status: str) -> QuerySet[Expert]:
    """The register for its keepers, in one state or in all."""
    rows = experts_visible_to(actor)
    return rows.filter(status=status) if status else rows


def experts_to_review(actor: Actor) -> QuerySet[Expert]:
    """Applications that wait for this operator, the oldest first; not his own."""
    rows = _rows().filter(status=ExpertStatus.IN_REVIEW)
    if not access_of(actor).has(Role.OPERATOR):
        return rows.none()
    return rows.exclude(person_id=actor.pk).order_by("submitted_at", "id")


def suspended_past(now: datetime) -> QuerySet[Expert]:
    """Experts whose suspension is over."""
    rows = Expert.objects.filter(status=ExpertStatus.SUSPENDED, suspended_until__lte=now)
    return rows.order_by("suspended_until", "id")


def around(terms: Iterable[str]) -> set[str]:
    """The fields that match these: each with those above and below it."""
    found: set[str] = set()
    for term in terms:
        found |= {term, *taxonomy.ancestors(SCHEME, term), *taxonomy.descendants(SCHEME, term)}
    return found


def approved(terms: Collection[str]) -> QuerySet[Expert]:
    """The approved experts who work in one of these fields, by code; of all fields where none is given."""
    rows = Expert.objects.filter(status=ExpertStatus.APPROVED, person__is_active=True)
    if terms:
        rows = rows.filter(fields__term__in=around(terms)).distinct()
    return rows.select_related("person").order_by("code")


def experts_by_code(codes: Iterable[str]) -> dict[str, Expert]:
    """Experts by code; one query."""
    rows = Expert.objects.filter(code__in=list(codes)).select_related("person")
    return {row.code: row for row in rows}
