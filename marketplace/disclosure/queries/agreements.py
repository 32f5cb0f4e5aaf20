"""Which text holds, and who has accepted it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from marketplace.disclosure.events import ACCEPTANCE
from marketplace.disclosure.models import Acceptance, AgreementText, Grant
from marketplace.disclosure.policies import OVERSEERS
from marketplace.disclosure.workflow import OPEN
from marketplace.files.models import Attachment
from marketplace.files.queries import attachments_of
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.parties.policies import access_of


def holding(now: datetime | None = None) -> QuerySet[AgreementText]:
    """The texts that have taken effect, the one that holds now first."""
    rows = AgreementText.objects.filter(effective_at__lte=now or clock.now())
    return rows.order_by("-effective_at", "-version")


def current_text() -> AgreementText | None:
    """The text that holds now. None before the first was loaded: then nothing can be opened."""
    return holding().first()


def coming_text() -> AgreementText | None:
    """The next text that is published and does not hold yet, or None."""
    rows = AgreementText.objects.filter(effective_at__gt=clock.now())
    return rows.order_by("effective_at", "version").first()


def texts() -> QuerySet[AgreementText]:
    """Every version, the newest first."""
    return AgreementText.objects.order_by("-version")


def text_of_version(version: int) -> AgreementText | None:
    """The version of this number, or None."""
    return AgreementText.objects.filter(version=version).first()


def acceptance_of(organization_id: int, text: AgreementText | None = None) -> Acceptance | None:
    """The acceptance of this text (by default the one that holds now) for an organisation, or None."""
    text = text or current_text()
    if text is None:
        return None
    rows = Acceptance.objects.filter(text=text, organization_id=organization_id)
    return rows.select_related("text", "accepted_by", "organization").first()


def acceptances_of(organization_ids: Iterable[int]) -> QuerySet[Acceptance]:
    """What these organisations have accepted, the newest first."""
    rows = Acceptance.objects.filter(organization_id__in=list(organization_ids))
    return rows.select_related("text", "accepted_by", "organization").order_by("-at", "-id")


def scan_of(acceptance: Acceptance) -> Attachment | None:
    """The sealed copy of an acceptance, or None."""
    return next(iter(attachments_of(ACCEPTANCE, acceptance.pk)), None)


def reads_scan(user: Actor, attachment: Any) -> bool:
    """Whether this person reads a sealed copy.

    The organisation's own people, owners that it asked or that gave it a grant, and overseers.
    """
    acceptance = Acceptance.objects.filter(pk=attachment.subject_id).first()
    if acceptance is None:
        return False
    access = access_of(user)
    if access.in_org(acceptance.organization_id) or access.has(*OVERSEERS):
        return True
    asked = Grant.objects.filter(
        organization_id=acceptance.organization_id,
        owner_id__in=list(access.orgs),
        status__in=OPEN,
    )
    return asked.exists()
