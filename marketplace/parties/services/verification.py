"""The dossier: documents, submission, and the registrar's decision with reasons."""

from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from marketplace.files import queries as files_queries
from marketplace.files import services as files
from marketplace.journal import versions
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.kernel.revisions import Rev, check
from marketplace.parties import events, queries, rulebook
from marketplace.parties.models import Membership, Organization, User, Verification
from marketplace.parties.policies import OrgRole
from marketplace.parties.services.members import end_membership
from marketplace.parties.workflow import DOSSIER, ORGANIZATION, DossierStatus, OrgStatus

DOCUMENTS = "parties.verification"
_OPEN = frozenset({DossierStatus.DRAFT, DossierStatus.RETURNED})


def add_documents(
    dossier: Verification, uploads: Sequence[UploadedFile], *, actor: User
) -> files.Uploaded:
    """Store the documents that can be taken; returns them and the reasons against the others.

    Raises Forbidden for others, Refused while a decision is pending or made.
    """
    _check_open(dossier, actor)
    stored = files.store_uploads(
        uploads, subject_kind=DOCUMENTS, subject_id=dossier.pk, actor=actor
    )
    if stored.taken:
        Verification.objects.filter(pk=dossier.pk).update(rev=F("rev") + 1)
    return stored


@transaction.atomic
def save_dossier(
    dossier: Verification, *, note: str, remove: Sequence[str] = (), actor: User, rev: Rev = None
) -> Verification:
    """Store the form and remove documents by code.

    Raises as `add_documents`, NotVisible, Stale when the dossier is no longer at `rev`.
    """
    row = Verification.objects.select_for_update().get(pk=dossier.pk)
    _check_open(row, actor)
    check(row.rev, rev, row)
    row.note = note
    row.rev += 1
    row.save(update_fields=["note", "rev"])
    if remove:
        files.remove_by_code(remove, subject_kind=DOCUMENTS, subject_id=row.pk, actor=actor)
    return row


def _check_open(dossier: Verification, actor: User) -> None:
    if not actor.has_perm("parties.edit_verification", dossier):
        raise Forbidden
    if dossier.status not in _OPEN:
        raise Refused(_("材料已提交，审核结束前不能修改"))


@transaction.atomic
def submit_dossier(dossier: Verification, *, actor: User) -> Verification:
    """Submit a dossier. Raises Forbidden, Refused, and InvalidInput naming what is missing."""
    org = Organization.objects.select_for_update().get(pk=dossier.organization_id)
    row = Verification.objects.select_for_update().get(pk=dossier.pk)
    row.organization = org
    DOSSIER.fire("submit", row, actor)
    _check_complete(row)
    if not row.is_claim and org.status != OrgStatus.PENDING:
        ORGANIZATION.fire("submit", org, actor)
        org.save(update_fields=["status"])
    row.rounds += 1
    row.rev += 1
    row.submitted_at = clock.now()
    row.save(update_fields=["status", "rounds", "rev", "submitted_at"])
    publish(
        events.VerificationSubmitted(
            subject_id=org.pk, verification_id=row.pk, round=row.rounds, is_claim=row.is_claim
        ),
        actor=actor,
    )
    return row


def _check_complete(dossier: Verification) -> None:
    missing: dict[str, list[Any]] = {}
    documents = files_queries.attachments_of(DOCUMENTS, dossier.pk)
    if all(row.status == row.Status.INFECTED for row in documents):
        missing["documents"] = [_("请上传营业执照等主体证照")]
    if not dossier.organization.uscc:
        missing["uscc"] = [_("请先填写统一社会信用代码")]
    if missing:
        raise InvalidInput(missing)


@transaction.atomic
def verify_dossier(dossier: Verification, *, actor: User, rev: Rev = None) -> Verification:
    """Verify the organisation and its applicant. Raises Forbidden, Refused, Stale.

    A claim makes the applicant the admin; whoever had entered a never verified organisation before
    has no part in it any more.
    """
    org, row = _locked(dossier)
    DOSSIER.fire("verify", row, actor)
    check(row.rev, rev, row)
    if row.is_claim:
        _hand_over(org, row, actor)
    if org.status != OrgStatus.VERIFIED:
        ORGANIZATION.fire("verify", org, actor)
        org.verified_at = clock.now()
        org.rev += 1
        org.save(update_fields=["status", "verified_at", "rev"])
    _decide(row, actor, reasons=[], remark="")
    publish(events.OrganizationVerified(subject_id=org.pk, verification_id=row.pk), actor=actor)
    _answer_others(org, row, actor)
    return row


def _hand_over(org: Organization, dossier: Verification, actor: User) -> None:
    if org.verified_at is None:
        for old in Membership.objects.current().select_for_update().filter(organization=org):
            publish(events.MemberRemoved(subject_id=org.pk, user_id=old.user_id), actor=actor)
            end_membership(old)
    member, _made = Membership.objects.update_or_create(
        user_id=dossier.applicant_id,
        organization=org,
        left_at=None,
        defaults={"role": OrgRole.ORG_ADMIN},
    )
    publish(
        events.MemberJoined(subject_id=org.pk, user_id=member.user_id, role=member.role),
        actor=actor,
    )


def _answer_others(org: Organization, decided: Verification, actor: User) -> None:
    """Return the other pending dossiers of an organisation that has just been decided."""
    others = Verification.objects.select_for_update().filter(
        organization=org, status=DossierStatus.PENDING
    )
    for other in others.exclude(pk=decided.pk):
        DOSSIER.fire("return", other, actor)
        keep_as_seen(other)
        _decide(other, actor, reasons=["duplicate"], remark="")
        publish(
            events.OrganizationReturned(
                subject_id=org.pk, verification_id=other.pk, reasons=["duplicate"]
            ),
            actor=actor,
        )


@transaction.atomic
def return_dossier(
    dossier: Verification,
    *,
    reasons: Sequence[str],
    remark: str = "",
    actor: User,
    rev: Rev = None,
) -> Verification:
    """Return a dossier with reasons. The form and the documents are kept.

    `reasons` are codes of `rulebook.RETURN_REASONS`. Raises Forbidden, Refused, Stale, InvalidInput
    without a reason, or for "other" without a remark.
    """
    org, row = _locked(dossier)
    known = [code for code, _label in rulebook.RETURN_REASONS if code in reasons]
    if not known:
        raise InvalidInput({"reasons": [_("请至少选择一项退回原因")]})
    if "other" in known and not remark.strip():
        raise InvalidInput({"remark": [_("选择“其他原因”时请写明说明")]})
    DOSSIER.fire("return", row, actor)
    check(row.rev, rev, row)
    keep_as_seen(row)
    if not row.is_claim and org.status == OrgStatus.PENDING:
        ORGANIZATION.fire("return", org, actor)
        org.save(update_fields=["status"])
    _decide(row, actor, reasons=known, remark=remark)
    publish(
        events.OrganizationReturned(subject_id=org.pk, verification_id=row.pk, reasons=known),
        actor=actor,
    )
    return row


def _locked(dossier: Verification) -> tuple[Organization, Verification]:
    org = Organization.objects.select_for_update().get(pk=dossier.organization_id)
    row = Verification.objects.select_for_update().get(pk=dossier.pk)
    row.organization = org
    return org, row


def _decide(row: Verification, actor: User, *, reasons: list[str], remark: str) -> None:
    row.reasons, row.remark = reasons, remark
    row.decided_by, row.decided_at = actor, clock.now()
    row.rev += 1
    row.save(update_fields=["status", "reasons", "remark", "decided_by", "decided_at", "rev"])


def keep_as_seen(dossier: Verification) -> None:
    """Store the content of a dossier at its current `rev`, before it changes."""
    versions.keep_version(DOCUMENTS, dossier.pk, dossier.rev, queries.content_of(dossier))


def note_new_identity(before: Organization) -> None:
    """An organisation is about to change what pending dossiers about it say: keep it, raise `rev`.

    Only claims wait for an organisation whose identity is not fixed.
    """
    waiting = Verification.objects.select_for_update().filter(
        organization=before, status=DossierStatus.PENDING
    )
    for dossier in waiting:
        dossier.organization = before
        keep_as_seen(dossier)
        dossier.rev += 1
        dossier.save(update_fields=["rev"])
