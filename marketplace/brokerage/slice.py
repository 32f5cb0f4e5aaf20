"""What the shells and the pages of others need to know of brokerage."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from marketplace.brokerage import browsing, queries, samples
from marketplace.brokerage.policies import DECIDERS
from marketplace.brokerage.workflow import BrokerStatus
from marketplace.parties.policies import Role, access_of
from marketplace.web.slices import (
    CodePage,
    MenuItem,
    Samples,
    Schedule,
    Section,
    SiteLink,
    Sitemap,
    Slice,
    Todo,
)
from marketplace.web.slots import Contribution


# --- the register -----------------------------------------------------------------------------
def _decides(user: Any) -> bool:
    return access_of(user).has(*DECIDERS)


def _may_apply(user: Any) -> bool:
    return not access_of(user).has(*DECIDERS, Role.AUTHORITY)


def _files(user: Any) -> bool:
    """Brokers, and who approves for an organisation with brokers; shown to all who may have a form."""
    access = access_of(user)
    return access.has(Role.BROKER) or any(access.binds(pk) for pk in access.orgs)


def _waiting(user: Any) -> int:
    return queries.brokers_to_decide(user).count()


def _to_decide(user: Any) -> Iterator[Todo]:
    if not _decides(user):
        return
    if count := queries.brokers_to_decide(user).count():
        title = ngettext(
            "%(n)s 份技术经纪人入库申请待核对", "%(n)s 份技术经纪人入库申请待核对", count
        ) % {"n": count}
        text = _("核对身份声明、证书和单位同意材料")
        yield Todo("shield", title, text, _("去核对"), reverse("brokerage:register"), order=55)
    for broker in queries.to_check(user)[:5]:
        title = _("%(name)s 补充了证书，待核对") % {"name": broker.name}
        url = reverse("brokerage:review", args=[broker.code])
        yield Todo("shield", title, _("核对后才会公开"), _("去核对"), url, order=65)


def _own_entry(user: Any) -> Iterator[Todo]:
    broker = queries.broker_of(user)
    words = {
        BrokerStatus.DRAFT: (_("技术经纪人入库申请尚未提交"), _("补齐内容后提交核对"), _("去填写")),
        BrokerStatus.RETURNED: (
            _("技术经纪人入库申请被退回"),
            _("请按意见补正后重新提交"),
            _("去补正"),
        ),
    }
    if broker is not None and broker.status in words:
        title, text, action = words[BrokerStatus(broker.status)]
        is_returned = broker.status == BrokerStatus.RETURNED
        url = reverse("brokerage:entry", args=[broker.code])
        yield Todo("user", title, text, action, url, urgent=is_returned, order=75)


def _to_consent(user: Any) -> Iterator[Todo]:
    for broker in queries.to_consent(user)[:10]:
        title = _("%(name)s 申请登记为技术经纪人，请单位确认") % {"name": broker.name}
        text = _("高校和事业单位人员从业须经单位同意")
        url = reverse("brokerage:consent", args=[broker.code])
        yield Todo("user", title, text, _("去确认"), url, order=45)


def _of_organization(_user: Any, organizations: Any) -> list[Any]:
    """The brokers that an organisation's page names: those who agreed to being shown with it."""
    found = queries.brokers_by_organization([org.pk for org in organizations])
    return [
        {"faces": found[org.pk], "organization": org} if org.pk in found else None
        for org in organizations
    ]


SLICE = Slice(
    "brokerage",
    "marketplace.brokerage.urls",
    menu=(
        MenuItem(gettext_lazy("经纪人登记"), "brokerage:own", "user", "account", 15, _may_apply),
        MenuItem(
            gettext_lazy("技术经纪人库"),
            "brokerage:register",
            "shield",
            "manage",
            45,
            _decides,
            _waiting,
        ),
        MenuItem(gettext_lazy("年度备案表"), "brokerage:filings", "doc", "work", 85, _files),
    ),
    links=(
        SiteLink("header", pgettext_lazy("menu", "技术经纪人"), "brokerage:list", 35),
        SiteLink("find", pgettext_lazy("menu", "技术经纪人"), "brokerage:list", 35),
        SiteLink("editor", pgettext_lazy("menu", "技术经纪人"), "brokerage:list", 55),
        SiteLink("editor", gettext_lazy("登记为技术经纪人"), "brokerage:own", 65),
    ),
    todos=(_to_decide, _own_entry, _to_consent),
    sections=(
        Section(
            "brokers",
            pgettext_lazy("search", "技术经纪人"),
            browsing.in_order,
            "brokerage/broker_found.html",
            "brokerage:list",
            35,
            scope=pgettext_lazy("search", "经纪人"),
        ),
    ),
    codes=(CodePage("JR", queries.visible_to, "brokerage:detail"),),
    sitemaps=(
        Sitemap(
            "brokers",
            lambda: queries.public_brokers().order_by("pk").only("code", "updated_at"),
            "brokerage:detail",
        ),
    ),
    schedules=(
        Schedule("brokerage.remind_of_certificates", every=6 * 3600.0),
        Schedule("brokerage.purge_declined", every=24 * 3600.0),
    ),
    samples=Samples("brokers", 65, samples.load, samples.remove),
    slots=(
        Contribution("organization.panels", 35, _of_organization, "brokerage/slot_brokers.html"),
    ),
)
