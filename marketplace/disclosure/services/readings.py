"""The log of who read a confidential part."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.disclosure import queries
from marketplace.disclosure.models import Grant, Reading
from marketplace.disclosure.rulebook import Subject
from marketplace.disclosure.workflow import Status
from marketplace.files.models import Attachment
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden
from marketplace.parties.policies import access_of


@transaction.atomic
def record_reading(
    subject: Subject,
    *,
    what: str,
    actor: Actor,
    attachment: Attachment | None = None,
) -> Reading | None:
    """Write one row of the log, before the confidential part leaves the site. `what`: a `Reading.What`.

    The owner's own people are not written down (None). The grant is locked and looked at again, so nothing
    goes out after a revocation that was committed. Raises Forbidden when it is not open to this person.
    """
    if access_of(actor).in_org(subject.owner_id):
        return None
    named = (subject.kind, subject.pk, subject.owner_id)
    opened = queries.opening(actor, *named)
    role = "" if opened else queries.staff_role_of(actor)
    if opened is not None:
        running = Grant.objects.select_for_update().filter(
            pk=opened.grant.pk, status=Status.GRANTED, until__gt=clock.now()
        )
        if running.first() is None:
            opened = None
    if opened is None and not role:
        raise Forbidden(queries.why_shut(actor, *named) or _("保密内容没有对你开放"))
    return Reading.objects.create(
        what=Reading.What(what),
        subject_kind=subject.kind,
        subject_id=subject.pk,
        owner_id=subject.owner_id,
        attachment_code=attachment.code if attachment else "",
        attachment_name=attachment.name if attachment else "",
        user_id=actor.pk,
        organization=opened.organization if opened else None,
        organization_name=opened.organization.name if opened else "",
        grant=opened.grant if opened else None,
        staff_role=role,
    )
