"""Queries on applications for verification and their documents."""

from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, When

from marketplace.files.queries import attachments_of
from marketplace.kernel.actors import Actor
from marketplace.kernel.revisions import state_of
from marketplace.parties.models import (
    Organization,
    User,
    Verification,
)
from marketplace.parties.policies import access_of
from marketplace.parties.queries.people import DECIDERS
from marketplace.parties.workflow import DossierStatus


def verification_queue(status: str = DossierStatus.PENDING) -> QuerySet[Verification]:
    """Dossiers of a status with organisation and applicant, the longest waiting first."""
    order = "submitted_at" if status == DossierStatus.PENDING else "-decided_at"
    return (
        Verification.objects.filter(status=status)
        .select_related("organization", "applicant", "decided_by")
        .order_by(order, "id")
    )


def verifications_to_decide(actor: Actor) -> QuerySet[Verification]:
    """The dossiers that wait for this person's decision: none of their own, longest waiting first."""
    access = access_of(actor)
    rows = verification_queue()
    if not access.has(*DECIDERS):
        return rows.none()
    return rows.exclude(applicant_id=actor.pk).exclude(organization_id__in=list(access.orgs))


def dossiers() -> QuerySet[Verification]:
    """Every dossier with its organisation and applicant, for `web.views.fetch`."""
    return Verification.objects.select_related("organization", "applicant", "decided_by")


def profile_state(user: User) -> str:
    """A short text that changes with a person's own profile."""
    return state_of(user.name, user.language)


def content_of(dossier: Verification) -> dict[str, Any]:
    """What a registrar sees of a dossier, as plain JSON: its organisation, note and documents."""
    org = dossier.organization
    shown = {name: getattr(org, name) for name in ("name", "uscc", "kind", "district")}
    papers = attachments_of("parties.verification", dossier.pk)
    return {**shown, "note": dossier.note, "documents": [row.name for row in papers]}


def dossier_of(org: Organization, actor: Actor) -> Verification | None:
    """The dossier this person works on for an organisation: the open one, else the last one."""
    access = access_of(actor)
    rows = dossiers().filter(organization=org)
    own_claim = Q(is_claim=True, applicant_id=actor.pk)
    if access.is_admin_of(org.pk):
        rows = rows.filter(Q(is_claim=False) | own_claim)
    else:
        rows = rows.filter(own_claim).exclude(status=DossierStatus.VERIFIED)
    done = Case(When(status=DossierStatus.VERIFIED, then=1), default=0, output_field=IntegerField())
    return rows.annotate(done=done).order_by("done", "-id").first()


def claims_of(user: Actor) -> QuerySet[Verification]:
    """A person's claims to organisations they don't work for yet, newest first."""
    return (
        dossiers()
        .filter(applicant_id=user.pk, is_claim=True)
        .exclude(status=DossierStatus.VERIFIED)
        .order_by("-id")
    )


def reads_document(user: Actor, attachment: Any) -> bool:
    """Whether a person may read a document of a dossier: given to the files slice."""
    dossier = Verification.objects.filter(pk=attachment.subject_id).first()
    return dossier is not None and bool(user.has_perm("parties.view_verification", dossier))
