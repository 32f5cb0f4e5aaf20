"""What follows from facts: notices, the search index, and what other slices ask of this one."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from marketplace.brokerage import events, queries, services
from marketplace.brokerage.models import Broker
from marketplace.brokerage.services.entry import LETTER, PORTRAIT, SCAN
from marketplace.brokerage.services.reminders import KIND
from marketplace.files.policies import register_reader
from marketplace.kernel.events import Event, on
from marketplace.notices import kinds
from marketplace.notices.services import notify
from marketplace.parties import queries as parties
from marketplace.parties.events import (
    SHOWN_CHANGES,
    MemberRemoved,
)
from search import engine

# --- the register -----------------------------------------------------------------------------
kinds.register("brokerage.application_waiting", _("有技术经纪人申请入库"), mail_default=False)
kinds.register("brokerage.application_decided", _("技术经纪人登记结果"))
kinds.register("brokerage.consent_wanted", _("本单位人员申请登记为技术经纪人"))
kinds.register(KIND, _("证书即将到期"))

register_reader(SCAN, queries.reads_file)
register_reader(LETTER, queries.reads_file)
register_reader(PORTRAIT, queries.reads_portrait)


@on(*events.SHOWN_CHANGES, batch=True)
def refresh_index(batch: list[Event]) -> None:
    """Bring the search index in step with the register as it is now."""
    ids = [event.subject_id for event in batch]
    codes = Broker.objects.filter(pk__in=ids).values_list("code", flat=True)
    engine.refresh("brokers", list(codes))


@on(events.BrokerSamplesChanged)
def follow_samples(event: events.BrokerSamplesChanged) -> None:
    """Samples that were loaded are found, those that were deleted are not."""
    engine.refresh("brokers", event.codes)


@on(*SHOWN_CHANGES, batch=True)
def follow_organizations(batch: list[Event]) -> None:
    """An organisation has another name or is suspended: its brokers are found by what is shown now."""
    ids = [event.subject_id for event in batch]
    rows = Broker.objects.filter(organization_id__in=ids, status="entered")
    engine.refresh("brokers", list(rows.values_list("code", flat=True)))


@on(MemberRemoved)
def leave_organization(event: MemberRemoved) -> None:
    """A person works for an organisation no more: the entry does not name it any longer."""
    services.leave_organization(event.user_id, event.subject_id)


@on(events.BrokerSubmitted)
def tell_registrars(event: events.BrokerSubmitted) -> None:
    """An application waits: everybody who may decide learns of it, and who agrees for the unit."""
    broker = _broker(event.subject_id)
    notify(
        "brokerage.application_waiting",
        [person for person in parties.deciders() if person.pk != broker.user_id],
        title=_("“%(name)s”申请登记为技术经纪人"),
        params={"name": broker.name},
        url=reverse("brokerage:review", args=[broker.code]),
        subject=(events.BROKER, broker.pk),
    )


@on(events.BrokerEdited)
def ask_unit(event: events.BrokerEdited) -> None:
    """A member of a university names it as his unit: who approves for it is asked once."""
    broker = _broker(event.subject_id)
    if broker.organization_id is None or not queries.waits_for_consent(broker):
        return
    notify(
        "brokerage.consent_wanted",
        [
            person
            for person in parties.binders_of(broker.organization_id)
            if person.pk != broker.user_id
        ],
        title=_("“%(name)s”申请登记为技术经纪人，请单位确认是否同意"),
        params={"name": broker.name},
        body=_("高校、科研院所和其他事业单位人员从业须经单位同意。"),
        url=reverse("brokerage:consent", args=[broker.code]),
        subject=(events.BROKER, broker.pk),
        dedupe=f"brokerage.consent:{broker.pk}:{broker.organization_id}:{broker.rounds}",
    )


_RESULTS: dict[str, tuple[Any, Any]] = {
    "BrokerEntered": (
        _("您已登记入库，公开页面已上线"),
        _("现在可以接受委托、登记对接。公开哪些内容可以随时修改。"),
    ),
    "BrokerReturned": (
        _("您的入库申请被退回补正"),
        _("退回原因见登记页面。已填写的内容和材料都保留，修改后可重新提交。"),
    ),
    "BrokerDeclined": (
        _("您的入库申请未获通过"),
        _("原因见登记页面。登记不是从业许可，不影响您依法从事中介活动。"),
    ),
    "BrokerSuspended": (_("您的登记已暂停"), _("原因见登记页面。暂停期间公开页面不显示。")),
    "BrokerRestored": (_("您的登记已恢复"), _("公开页面已重新上线。")),
    "BrokerRemoved": (_("您已被移出登记"), _("原因见登记页面。需要时可以重新申请。")),
}


@on(
    events.BrokerEntered,
    events.BrokerReturned,
    events.BrokerDeclined,
    events.BrokerSuspended,
    events.BrokerRestored,
    events.BrokerRemoved,
)
def tell_broker(event: Event) -> None:
    """The person learns what the registrar decided; who left knows."""
    if getattr(event, "left", False):
        return
    broker = _broker(event.subject_id)
    title, body = _RESULTS[type(event).__name__]
    notify(
        "brokerage.application_decided",
        [broker.user],
        title=title,
        body=body,
        url=reverse("brokerage:entry", args=[broker.code]),
        subject=(events.BROKER, broker.pk),
    )


def _broker(pk: int) -> Broker:
    return queries.brokers().get(pk=pk)
