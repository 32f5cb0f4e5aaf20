"""Removing what sample accounts judged, and sample experts."""

from django.db import transaction
from django.db.models.deletion import ProtectedError

from marketplace.evaluation.models import (
    Approach,
    Expert,
    Explanation,
    Panel,
    PanelRequest,
    Rejection,
    Score,
    Seat,
    Sheet,
)
from marketplace.web.slices import Kept


@transaction.atomic
def remove_samples() -> tuple[dict[str, int], list[Kept]]:
    """Delete sample panels with everything in them, then sample experts; one who sits in a real panel stays."""
    panels = Panel.objects.filter(is_sample=True)
    Score.objects.filter(sheet__seat__panel__in=panels).delete()
    Sheet.objects.filter(seat__panel__in=panels).delete()
    Rejection.objects.filter(panel__in=panels).delete()
    Explanation.objects.filter(panel__in=panels).delete()
    Approach.objects.filter(panel__in=panels).delete()
    Seat.objects.filter(panel__in=panels).delete()
    PanelRequest.objects.filter(lot__tender__is_sample=True).delete()
    gone = panels.count()
    panels.delete()
    experts, kept = 0, []
    for row in Expert.objects.filter(is_sample=True):
        try:
            with transaction.atomic():
                row.delete()
                experts += 1
        except ProtectedError as error:
            kept.append(Kept(row.code, str(next(iter(error.protected_objects)))))
    return {"panels": gone, "experts": experts}, kept
