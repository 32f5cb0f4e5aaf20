"""Questions about achievements and imported batches."""

from collections.abc import Iterator
from datetime import UTC, datetime

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.db.models.functions import Length
from django.forms.models import model_to_dict

from marketplace.achievements import rulebook
from marketplace.achievements.models import Achievement, ImportBatch
from marketplace.achievements.workflow import BatchStatus
from marketplace.kernel.actors import Actor
from marketplace.kernel.unreadable import readable
from marketplace.listings import queries as listings
from marketplace.listings.policies import READERS, REVIEWERS
from marketplace.listings.rulebook import Quality
from marketplace.listings.workflow import State
from marketplace.parties.policies import access_of

BATCH = "achievements.import"
_INSTANT = "%Y%m%d%H%M%S%f"
#: In these states of a batch its rows are reviewed together and not one by one.
OPEN = (BatchStatus.IMPORTING, BatchStatus.IN_REVIEW, BatchStatus.DECIDING)


def visible_to(actor: Actor) -> QuerySet[Achievement]:
    """The achievements that `actor` may see."""
    return listings.visible_to(Achievement, actor)


def achievements_to_review(actor: Actor) -> QuerySet[Achievement]:
    """The review queue of `actor`, oldest first, without rows of an open batch, which are reviewed together."""
    rows = listings.waiting_for_review(Achievement, actor)
    return rows.exclude(import_batch__status__in=OPEN)


def quality_of(achievement: Achievement) -> Quality:
    """The quality gate's view of a stored achievement; four queries."""
    return rulebook.assess(
        model_to_dict(achievement) | achievement.contact.columns,
        *(
            [model_to_dict(row) for row in getattr(achievement, name).all()]
            for name in ("indicators", "patents", "owners", "inventors")
        ),
        imported=achievement.import_batch_id is not None,
    )


# --- batches ----------------------------------------------------------------------------------
def batches_visible_to(actor: Actor) -> QuerySet[ImportBatch]:
    """The batches that `actor` may see: the twin of `achievements.view_batch`."""
    access = access_of(actor)
    seen = ImportBatch.objects.filter(owner_id__in=list(access.orgs))
    if access.has("operator"):
        seen |= ImportBatch.objects.filter(actor_id=actor.pk)
    if access.has(*READERS):
        seen |= ImportBatch.objects.filter(submitted_at__isnull=False)
    return seen.select_related("owner", "actor", "job")


def own_batches(actor: Actor) -> QuerySet[ImportBatch]:
    """Batches of the organisations that `actor` works for, newest first."""
    return (
        ImportBatch.objects.filter(owner_id__in=list(access_of(actor).orgs))
        .select_related("owner", "actor")
        .order_by("-id")
    )


def batches_to_review(actor: Actor) -> QuerySet[ImportBatch]:
    """The batches that this person may decide on, oldest first; never those of their own organisation."""
    access = access_of(actor)
    if not access.has(*REVIEWERS):
        return ImportBatch.objects.none()
    return (
        ImportBatch.objects.filter(status__in=[BatchStatus.IN_REVIEW, BatchStatus.DECIDING])
        .exclude(owner_id__in=list(access.orgs))
        .select_related("owner", "actor")
        .order_by("submitted_at", "id")
    )


def batch_by_id(pk: int) -> ImportBatch | None:
    """The batch of an event."""
    return ImportBatch.objects.select_related("owner", "actor").filter(pk=pk).first()


def waiting_in(batch: ImportBatch) -> QuerySet[Achievement]:
    """The rows of a batch that wait for a decision, in the order of the sheet."""
    rows = batch.achievements.filter(status=State.IN_REVIEW)
    return rows.select_related("owner").prefetch_related("inventors").order_by("pk")


def batch_state(batch: ImportBatch) -> str:
    """A short text that changes whenever a row changes that a decision on the batch would apply to.

    A row that leaves changes the count; a row that changed or returned has a later time than the others.
    """
    rows = waiting_in(batch).order_by()
    # A row that cannot be read must not prevent a decision on the others.
    known = Q(updated_at__lte=datetime.max.replace(tzinfo=UTC))
    seen = rows.aggregate(n=Count("pk"), revs=Sum("rev"), at=Max("updated_at", filter=known))
    at = f"{seen['at']:{_INSTANT}}" if seen["at"] else ""
    return f"{batch.status}_{seen['n']}_{seen['revs'] or 0}_{at}"


def changed_since(batch: ImportBatch, state: str, limit: int = 20) -> list[Achievement]:
    """The rows of a batch that were changed after a page was made from it in this `state`."""
    try:
        at = datetime.strptime(state.rpartition("_")[2], _INSTANT).replace(tzinfo=UTC)
    except ValueError:
        return []
    return list(batch.achievements.filter(updated_at__gt=at).order_by("-updated_at")[:limit])


def known_texts(owner_id: int) -> Iterator[tuple[int | None, str, str, str, str]]:
    """Batch, code, source key, title and description of each achievement of an organisation."""
    rows = Achievement.objects.filter(owner_id=owner_id).order_by("pk")
    columns = ("import_batch_id", "code", "source_key", "title", "description")
    return rows.values_list(*columns).iterator(chunk_size=500)


def known_keys(owner_id: int, keys: list[str]) -> set[str]:
    """Which of these source keys an organisation already has."""
    rows = Achievement.objects.filter(owner_id=owner_id, source_key__in=keys)
    return set(rows.values_list("source_key", flat=True))


def states_in(batch: ImportBatch) -> dict[str, int]:
    """How many achievements of a batch are in each state."""
    rows = batch.achievements.values("status").annotate(n=Count("pk")).order_by()
    return {row["status"]: row["n"] for row in rows}


def lacking_in(batch: ImportBatch) -> dict[str, int]:
    """How many waiting rows lack which field; one query."""
    empty = {
        name: Count("pk", filter=Q(**{name: ""})) for name in ("industry", "field", "scenario")
    }
    measured = waiting_in(batch).order_by().annotate(description_length=Length("description"))
    return measured.aggregate(
        **empty,
        proposed=Count("pk", filter=Q(proposed_title=True)),
        trl=Count("pk", filter=Q(trl__isnull=True)),
        cooperation=Count("pk", filter=Q(cooperation=[])),
        contact=Count(
            "pk",
            filter=Q(contact_phone="", contact_email="")
            & Q(owner__contact_phone="", owner__contact_email=""),
        ),
        short=Count("pk", filter=Q(description_length__lt=rulebook.MIN_DESCRIPTION)),
    )


def namesakes_of(batch: ImportBatch, limit: int = 20) -> list[Achievement]:
    """Achievements outside the batch with the title of a waiting row: possible duplicates."""
    titles = waiting_in(batch).order_by().exclude(title="").values("title")
    return readable(
        Achievement.objects.filter(title__in=titles)
        .exclude(import_batch=batch)
        .exclude(status=State.DRAFT)
        .select_related("owner")
        .order_by("title", "id")[:limit]
    )
