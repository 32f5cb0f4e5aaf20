"""Setting targets."""

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.deals.workflow import Book
from marketplace.journal.services import publish
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, InvalidInput
from marketplace.statistics.events import TargetSet
from marketplace.statistics.models import Target
from marketplace.statistics.rulebook.definitions import SAMPLE_SOURCE


def set_target(
    year: int,
    amount_fen: int | None,
    source: str,
    *,
    actor: Actor,
    district: str = "",
    book: str = Book.CITY,
) -> Target:
    """Add a target; None takes it back. The former ones stay as history.

    Raises Forbidden, and InvalidInput without a source.
    """
    if not actor.has_perm("statistics.set_target"):
        raise Forbidden
    if not source.strip():
        raise InvalidInput({"source": [_("请写明目标的依据文件")]})
    with transaction.atomic():
        row = Target.objects.create(
            book=book,
            year=year,
            district=district,
            amount_fen=amount_fen,
            source=source.strip(),
            set_by_id=actor.pk,
        )
        publish(TargetSet(subject_id=row.pk, book=book, year=year, district=district), actor=actor)
    return row


def set_sample_target(year: int, amount_fen: int) -> None:
    """Give a year of the sample book its target, once. Invented, so nobody is its author and no event tells of it."""
    Target.objects.get_or_create(
        book=Book.SAMPLE,
        year=year,
        district="",
        defaults={"amount_fen": amount_fen, "source": SAMPLE_SOURCE},
    )
