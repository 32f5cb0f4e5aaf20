"""Whether the confidential part is open to a person, and if not, what is missing."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.disclosure.models import Acceptance, Grant
from marketplace.disclosure.policies import READERS
from marketplace.disclosure.queries.agreements import current_text
from marketplace.disclosure.queries.grants import opening
from marketplace.disclosure.rulebook import Subject
from marketplace.disclosure.workflow import OPEN, Status
from marketplace.kernel.actors import Actor
from marketplace.parties.models import Organization
from marketplace.parties.policies import access_of


def may_read_confidential(user: Actor, subject: Subject) -> bool:
    """Whether a person reads the confidential part; at most one query.

    The owner's people, staff by their office (a draft is for its owner alone), and the people of an
    organisation to which it is open. What becomes of the subject takes nothing from those.
    """
    access = access_of(user)
    if access.in_org(subject.owner_id) or (access.has(*READERS) and not subject.is_draft):
        return True
    return opening(user, subject.kind, subject.pk, subject.owner_id) is not None


def may_read_file(user: Actor, subject: Subject, attachment: Any) -> bool:
    """Whether a person reads a restricted file of the subject: with the confidential part.

    While the owner revises the subject, readers keep what they had and see no new file.
    """
    if not may_read_confidential(user, subject):
        return False
    access = access_of(user)
    return subject.discloses(attachment.code) or (
        access.in_org(subject.owner_id) or access.has(*READERS)
    )


class Step(StrEnum):
    """What is missing next on the way into a confidential part."""

    VERIFY = "verify"
    ACCEPT = "accept"
    ASK = "ask"
    WAIT = "wait"
    OPEN = "open"


@dataclass(frozen=True)
class Way:
    """How far one organisation of the reader has come: its last grant, its acceptance, the next step."""

    organization: Organization
    grant: Grant | None
    accepted: bool
    may_bind: bool

    @property
    def is_granted(self) -> bool:
        """Whether the owner's grant runs now."""
        return self.grant is not None and self.grant.is_running

    @property
    def is_asked(self) -> bool:
        """Whether a request waits for the owner."""
        return self.grant is not None and self.grant.waits

    @property
    def step(self) -> Step:
        """The next step. A request may be sent before the agreement is accepted; both are needed."""
        if not self.organization.is_verified:
            return Step.VERIFY
        if not self.is_granted and not self.is_asked:
            return Step.ASK
        if not self.accepted:
            return Step.ACCEPT
        return Step.OPEN if self.is_granted else Step.WAIT


def way_to(user: Actor, subject_kind: str, subject_id: int, owner_id: int) -> list[Way]:
    """How far each organisation of this person has come, in the order of its memberships.

    Four queries; none for people without an organisation of their own.
    """
    access = access_of(user)
    orgs = [pk for pk in access.orgs if pk != owner_id]
    if not orgs:
        return []
    rows = Grant.objects.filter(
        subject_kind=subject_kind,
        subject_id=subject_id,
        owner_id=owner_id,
        organization_id__in=orgs,
    )
    last: dict[int, Grant] = {}
    for grant in rows.order_by("id"):
        known = last.get(grant.organization_id)
        if known is None or known.status not in OPEN:
            last[grant.organization_id] = grant
    text = current_text()
    accepted = set(
        Acceptance.objects.filter(text=text, organization_id__in=orgs).values_list(
            "organization_id", flat=True
        )
        if text
        else []
    )
    known_orgs = Organization.objects.in_bulk(orgs)
    return [
        Way(known_orgs[pk], last.get(pk), pk in accepted, access.binds(pk))
        for pk in orgs
        if pk in known_orgs
    ]


#: Why a grant gives nothing any more.
_OVER: dict[str, Any] = {
    Status.REVOKED: _("对方已撤销授权，保密内容不再对本单位开放"),
    Status.ENDED: _("授权已到期，保密内容不再对本单位开放"),
    Status.GRANTED: _("授权已到期，保密内容不再对本单位开放"),
}


def why_shut(user: Actor, subject_kind: str, subject_id: int, owner_id: int) -> Any:
    """Why the confidential part is shut for people who had it.

    "" for those to whom it is open, and for those who never had a grant: the answer must tell them nothing.
    """
    reason: Any = ""
    for way in way_to(user, subject_kind, subject_id, owner_id):
        if way.is_granted:
            if way.step == Step.OPEN:
                return ""
            reason = (
                _("保密协议有新版本，本单位审核人在线确认后才能继续查阅")
                if way.step == Step.ACCEPT
                else _("本单位的认证已失效，保密内容不再对本单位开放")
            )
        elif way.grant is not None and not reason:
            reason = _OVER.get(way.grant.status, "")
    return reason
