"""Who learns of a decision: whoever it names, as far as an account of here is known to be theirs."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from marketplace.exclusions import events, queries
from marketplace.exclusions.models import DECISION_FILES, Decision
from marketplace.files.policies import register_reader
from marketplace.kernel.events import Event, on
from marketplace.notices import kinds
from marketplace.notices.services import notify
from marketplace.parties import queries as parties

kinds.register("exclusions.decision", _("禁止参加的决定"))
register_reader(DECISION_FILES, queries.reads_file)


@on(events.DecisionRecorded)
def tell_named(event: events.DecisionRecorded) -> None:
    """The one who is named can look at the row and ask for a correction."""
    _tell(event, _("平台录入了一份针对%(name)s的决定：%(number)s"))


@on(events.DecisionCorrected, events.DecisionLifted)
def tell_named_of_change(event: Event) -> None:
    """The one who is named learns that the row has changed."""
    _tell(event, _("针对%(name)s的决定 %(number)s 的记录有变化"))


def _tell(event: Event, title: Any) -> None:
    row = Decision.objects.select_related("person").filter(pk=event.subject_id).first()
    if row is None or row.voided_at is not None:
        return
    people = [row.person] if row.person is not None else []
    org = parties.organization_with_uscc(row.uscc) if row.uscc else None
    if org is not None and org.is_verified:
        people += list(parties.binders_of(org.pk))
    notify(
        "exclusions.decision",
        people,
        title=title,
        params={"name": row.name, "number": row.number},
        url=reverse("exclusions:show", args=[row.code]),
        subject=(events.DECISION, row.pk),
    )
