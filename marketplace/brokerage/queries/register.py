"""Queries on the register of brokers."""

from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from marketplace.brokerage.models import Broker, Certificate
from marketplace.brokerage.policies import DECIDERS, READERS
from marketplace.brokerage.rulebook import CONSENTS, Employment
from marketplace.brokerage.workflow import BrokerStatus
from marketplace.files.queries import attachments_of
from marketplace.kernel.actors import Actor
from marketplace.kernel.codes import is_valid_code
from marketplace.parties.policies import Role, access_of

#: Shorter than this an introduction tells nobody whether this is the right broker.
LEAST_INTRODUCTION = 20
#: States before a decision, in which the unit's consent may still come.
_BEFORE = (BrokerStatus.DRAFT, BrokerStatus.SUBMITTED, BrokerStatus.RETURNED)
#: States of an entry whose certificates count as held by this person.
_HOLDING = (BrokerStatus.ENTERED, BrokerStatus.SUSPENDED)


def brokers() -> QuerySet[Broker]:
    """Every entry with its person and organisation, for `web.views.fetch`."""
    return Broker.objects.select_related("user", "organization", "decided_by", "consented_by")


def visible_to(actor: Actor) -> QuerySet[Broker]:
    """The entries that `actor` may see: the twin of `brokerage.view_broker`."""
    access = access_of(actor)
    if access.is_superuser or access.has(*READERS):
        return brokers()
    approves = [pk for pk in access.orgs if access.binds(pk)]
    seen = Q(status=BrokerStatus.ENTERED) | Q(organization_id__in=approves)
    if actor.pk is not None:
        seen |= Q(user_id=actor.pk)
    return brokers().filter(seen)


def entered_brokers() -> QuerySet[Broker]:
    """Everybody in the register now, by the day of entry, newest first."""
    return brokers().filter(status=BrokerStatus.ENTERED).order_by("-entered_at", "-id")


def public_brokers() -> QuerySet[Broker]:
    """Everybody in the register who is no sample, for search engines."""
    return Broker.objects.filter(status=BrokerStatus.ENTERED, is_sample=False)


def broker_of(user: Actor | None) -> Broker | None:
    """The person's own entry in whatever state; None without one."""
    if user is None or user.pk is None:
        return None
    return brokers().filter(user_id=user.pk).first()


def brokers_to_decide(actor: Actor) -> QuerySet[Broker]:
    """The applications that wait for this person's decision, the longest waiting first."""
    access = access_of(actor)
    rows = brokers().filter(status=BrokerStatus.SUBMITTED).order_by("submitted_at", "id")
    if not access.has(*DECIDERS):
        return rows.none()
    own = Q(user_id=actor.pk) | Q(organization_id__in=list(access.orgs))
    return rows.exclude(own)


def holders_of_number(broker: Broker) -> QuerySet[Certificate]:
    """Certificates of other people in the register with a number that this one gives too."""
    same = Certificate.objects.filter(
        broker=broker, scheme=OuterRef("scheme"), number=OuterRef("number")
    )
    others = Certificate.objects.filter(broker__status__in=_HOLDING).exclude(broker=broker)
    return others.filter(Exists(same)).select_related("broker")


def missing_of(broker: Broker) -> dict[str, list[Any]]:
    """What an application lacks before it may be submitted, by field of the form, in words.

    No certificate is demanded: the register bars nobody (公平竞争审查条例 8, 9).
    """
    missing: dict[str, list[Any]] = {}
    if not broker.name.strip():
        missing["name"] = [_("请填写真实姓名")]
    if not broker.employment or broker.declared_at is None:
        missing["employment"] = [_("请说明从业身份，并确认不属于公务员")]
    if not broker.fields:
        missing["fields"] = [_("请至少选择一个技术领域")]
    if not broker.districts:
        missing["districts"] = [_("请至少选择一个服务区域")]
    if len(broker.introduction.strip()) < LEAST_INTRODUCTION:
        missing["introduction"] = [_("个人简介请至少写 20 个字，说明做过什么、能做什么")]
    if not broker.shows("entry"):
        missing["consent_entry"] = [_("入库信息会向社会公开，请先同意公开基本信息")]
    works_somewhere = broker.employment in {Employment.AGENCY, Employment.UNIVERSITY}
    if works_somewhere and broker.organization_id is None and not broker.unit.strip():
        missing["organization"] = [_("请选择所在单位，不在列表中的请填写单位名称")]
    if broker.employment == Employment.UNIVERSITY and not _unit_agrees(broker):
        missing["consent_letter"] = [_("请上传单位同意材料，或请单位审核人在线同意")]
    return missing


def _unit_agrees(broker: Broker) -> bool:
    """Whether the unit's consent is on record, by a click of its approver or by a letter."""
    if broker.consented_at is not None:
        return True
    papers = attachments_of("brokerage.broker", broker.pk)
    return any(paper.status != paper.Status.INFECTED for paper in papers)


def waits_for_consent(broker: Broker) -> bool:
    """Whether the unit's approver may agree on line to this application."""
    return (
        broker.employment == Employment.UNIVERSITY
        and broker.organization_id is not None
        and broker.consented_at is None
        and broker.status in _BEFORE
    )


def to_consent(actor: Actor) -> QuerySet[Broker]:
    """Applications of members of the organisations that `actor` approves for, still without consent."""
    access = access_of(actor)
    approves = [pk for pk in access.orgs if access.binds(pk)]
    return (
        brokers()
        .filter(
            organization_id__in=approves,
            employment=Employment.UNIVERSITY,
            consented_at=None,
            status__in=_BEFORE,
        )
        .exclude(user_id=actor.pk)
        .order_by("id")
    )


def taken_down(code: str) -> Broker | None:
    """The entry of this code that was public once and is not now, for the answer 410."""
    if not is_valid_code(code):
        return None
    gone = Broker.objects.filter(code=code, entered_at__isnull=False)
    return gone.exclude(status=BrokerStatus.ENTERED).first()


def register(status: str, name: str = "") -> QuerySet[Broker]:
    """Entries of a status for the registrar, the longest waiting or the latest decided first."""
    rows = brokers().filter(status=status).annotate(certificate_count=Count("certificates"))
    if name:
        rows = rows.filter(name__icontains=name)
    order = "submitted_at" if status == BrokerStatus.SUBMITTED else "-decided_at"
    return rows.order_by(order, "id")


def to_check(actor: Actor) -> QuerySet[Broker]:
    """People in the register with a certificate that came later and that no registrar has checked."""
    access = access_of(actor)
    if not access.has(*DECIDERS):
        return Broker.objects.none()
    late = Certificate.objects.filter(broker=OuterRef("pk"), checked_at=None)
    rows = brokers().filter(Exists(late), status=BrokerStatus.ENTERED).order_by("updated_at", "id")
    return rows.exclude(Q(user_id=actor.pk) | Q(organization_id__in=list(access.orgs)))


def certificates_of(broker: Broker) -> list[Certificate]:
    """Every certificate of an entry, the newest first."""
    return list(broker.certificates.select_related("checked_by").order_by("-valid_from", "id"))


def reads_file(user: Actor, attachment: Any) -> bool:
    """Whether a person may read a scan or a letter: the broker, and who decides or audits."""
    broker_id = attachment.subject_id
    if attachment.subject_kind == "brokerage.certificate":
        found = Certificate.objects.filter(pk=attachment.subject_id)
        broker_id = found.values_list("broker_id", flat=True).first()
    broker = Broker.objects.filter(pk=broker_id).first()
    if broker is None:
        return False
    return broker.user_id == user.pk or access_of(user).has(*DECIDERS, Role.AUDITOR)


def reads_portrait(user: Actor, attachment: Any) -> bool:
    """Whether a person may see a photograph: everybody once it is published, else as the entry."""
    broker = Broker.objects.filter(pk=attachment.subject_id).first()
    if broker is None:
        return False
    if broker.is_entered and broker.shows("portrait"):
        return True
    return broker.user_id == user.pk or access_of(user).has(*READERS)


def content_of(broker: Broker) -> dict[str, Any]:
    """What a registrar decides on, as plain JSON by field of the form, for comparisons."""
    shown = (
        *("name", "name_en", "employment", "unit", "fields", "industries", "districts"),
        *("languages", "introduction", "introduction_en", "phone", "email"),
    )
    values = {name: getattr(broker, name) for name in shown}
    values["organization"] = broker.organization.code if broker.organization else ""
    values["consents"] = [item for item in CONSENTS if broker.shows(item)]
    return values
