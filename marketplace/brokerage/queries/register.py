"""Queries on the register of brokers."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from marketplace.brokerage.models import Broker, Certificate
from marketplace.brokerage.policies import DECIDERS, READERS
from marketplace.brokerage.rulebook import CONSENTS, Employment
from marketplace.brokerage.workflow import BrokerStatus
from marketplace.files.queries import attachments_of
from marketplace.kernel.actors import Actor
from marketplace.parties.policies import access_of

#: Shorter than this an introduction tells nobody whether this is the right broker.
LEAST_INTRODUCTION = 20
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
    if broker.employment == Employment.UNIVERSITY and not _unit_agrees(broker):
        missing["consent_letter"] = [_("请上传单位同意材料，或请单位审核人在线同意")]
    return missing


def _unit_agrees(broker: Broker) -> bool:
    """Whether the unit's consent is on record, by a click of its approver or by a letter."""
    if broker.consented_at is not None:
        return True
    papers = attachments_of("brokerage.broker", broker.pk)
    return any(paper.status != paper.Status.INFECTED for paper in papers)


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
