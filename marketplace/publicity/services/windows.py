"""Windows of objections that a slice above opens with an act of its own: to documents, to an opening."""

from datetime import datetime
from typing import Any

from django.db import transaction

from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.models import insert
from marketplace.publicity import events, rulebook
from marketplace.publicity.models import Publicity
from marketplace.publicity.rulebook import Subject
from marketplace.publicity.services.publicities import Content
from marketplace.publicity.workflow import PUBLICITY


@transaction.atomic
def open_window(
    subject: Subject, content: Content, *, starts_at: datetime, ends_at: datetime, because: Any
) -> Publicity:
    """Let objections be raised in [starts_at, ends_at), UTC; the page of the window is that of a publicity.

    Its end is an instant of the subject, so its length in days is what lies between. Raises LookupError for a rule
    that does not hold on that day.
    """
    rule = rulebook.rule_on(content.rule, clock.day_of(starts_at))
    if rule is None or ends_at <= starts_at:
        raise LookupError(f"no window {content.rule} of that length")
    row = Publicity(
        subject_kind=subject.kind,
        subject_id=subject.pk,
        owner_id=subject.owner_id,
        is_sample=subject.is_sample,
        rule=rule.name,
        rule_version=rule.version,
        days=max((ends_at - starts_at).days, 1),
        title=content.title[: rulebook.MOST_TITLE],
        body=content.body[: rulebook.MOST_BODY],
        facts=dict(content.facts),
        starts_at=starts_at,
        ends_at=ends_at,
        first_ends_at=ends_at,
    )
    insert(row)
    PUBLICITY.fire("open_window", row, None, at=starts_at, because=because)
    row.save()
    publish(
        events.PublicityPublished(
            subject_id=row.pk,
            of_kind=row.subject_kind,
            of_id=row.subject_id,
            ends_at=ends_at.isoformat(),
        ),
        actor=None,
    )
    return row
