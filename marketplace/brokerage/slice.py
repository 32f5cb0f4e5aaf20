"""What the shells and the pages of others need to know of brokerage."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from marketplace.brokerage import browsing, queries, samples
from marketplace.brokerage.policies import DECIDERS
from marketplace.brokerage.workflow import BrokerStatus
from marketplace.kernel import clock
from marketplace.listings.kind import kinds
from marketplace.listings.workflow import CONTACTABLE
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
from marketplace.web.slots import Answer, Contribution


# --- the register -----------------------------------------------------------------------------
def _decides(user: Any) -> bool:
    return access_of(user).has(*DECIDERS)


def _has_an_entry(user: Any) -> bool:
    """Brokers; others come to the register from its directory, and to an unfinished entry by the to-dos."""
    return access_of(user).has(Role.BROKER)


def _files(user: Any) -> bool:
    """Brokers; a firm comes to its form from its own page."""
    return access_of(user).has(Role.BROKER)


def _waiting(user: Any) -> int:
    return queries.waiting_counts(user).get("entries", 0)


def _to_decide(user: Any) -> Iterator[Todo]:
    if not _decides(user):
        return
    if count := _waiting(user):
        title = ngettext(
            "%(n)s 份技术经纪人入库申请待核对", "%(n)s 份技术经纪人入库申请待核对", count
        ) % {"n": count}
        text = _("核对身份声明、证书和单位同意材料")
        yield Todo("shield", title, text, _("去核对"), reverse("brokerage:register"), order=55)
    late = queries.todo_counts(user)["certificates"]
    for broker in queries.to_check(user)[:5] if late else ():
        title = _("%(name)s 补充了证书，待核对") % {"name": broker.name}
        url = reverse("brokerage:review", args=[broker.code])
        yield Todo("shield", title, _("核对后才会公开"), _("去核对"), url, order=65)


def _own_entry(user: Any) -> Iterator[Todo]:
    broker = queries.broker_of(user) if queries.todo_counts(user)["own"] else None
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
    if not queries.todo_counts(user).get("consents"):
        return
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


def _example(_user: Any, rows: Sequence[Any]) -> list[Answer]:
    """The way to the golden thread, where samples are loaded."""
    there = queries.has_golden_thread()
    return [{} if there else None for _row in rows]


# --- mandates, introductions, the desk --------------------------------------------------------
def _is_broker(user: Any) -> bool:
    return access_of(user).has(Role.BROKER)


def _deals(user: Any) -> bool:
    """Brokers and people who work for an organisation have mandates and introductions."""
    access = access_of(user)
    return access.has(Role.BROKER) or bool(access.orgs)


def _hears_of_introductions(user: Any) -> bool:
    return _deals(user) or access_of(user).has(Role.OPERATOR, Role.AUTHORITY)


def _mandates_waiting(user: Any) -> int:
    counts = queries.waiting_counts(user)
    return counts.get("mandates", 0) + counts.get("versions", 0)


def _introductions_waiting(user: Any) -> int:
    return queries.waiting_counts(user).get("introductions", 0)


def _introductions_badge(user: Any) -> int:
    """What waits for the person in the list of introductions: answers, and for staff rulings and appeals."""
    counts = queries.waiting_counts(user)
    return sum(counts.get(name, 0) for name in ("introductions", "rulings", "appeals"))


def _to_confirm(user: Any) -> Iterator[Todo]:
    """Mandates and other terms that wait for this person's answer."""
    counts = queries.waiting_counts(user)
    for mandate in queries.waiting_for(user)[:10] if counts.get("mandates") else ():
        title = _("委托待在线确认：%(title)s") % {"title": mandate.title}
        url = reverse("brokerage:mandate", args=[mandate.code])
        yield Todo("doc", title, mandate.code, _("去确认"), url, order=26)
    for version in queries.versions_waiting_for(user)[:10] if counts.get("versions") else ():
        mandate = version.mandate
        title = _("委托变更待在线确认：%(title)s") % {"title": mandate.title}
        url = reverse("brokerage:mandate", args=[mandate.code])
        yield Todo("doc", title, mandate.code, _("去确认"), url, order=36)


def _to_acknowledge(user: Any) -> Iterator[Todo]:
    """Introductions that an own organisation has not answered."""
    if not _introductions_waiting(user):
        return
    for row in queries.waiting_for_answer(user):
        title = _("对接待确认：%(title)s") % {"title": row.listing_title}
        text = _("技术经纪人%(name)s登记") % {"name": row.broker.name}
        url = reverse("brokerage:introduction", args=[row.code])
        yield Todo("match", title, text, _("去确认"), url, row.answer_due_at, order=46)


def _to_do_at_the_desk(user: Any) -> Iterator[Todo]:
    """Messages to the broker, and the broker's own tasks that are due."""
    counts = queries.todo_counts(user)
    if count := counts.get("requests"):
        title = ngettext("%(n)s 条留言等您回复", "%(n)s 条留言等您回复", count) % {"n": count}
        text = _("来自您的公开页面")
        yield Todo("chat", title, text, _("去回复"), reverse("brokerage:requests"), order=16)
    for task in queries.due_of(user)[:10] if counts.get("tasks") else ():
        due = clock.end_of_day(task.due_on)
        yield Todo(
            "calendar",
            task.title,
            _("自己的待办"),
            _("去办理"),
            reverse("brokerage:tasks"),
            due,
            order=56,
        )


def _to_rule(user: Any) -> Iterator[Todo]:
    """Disputes and rivalling claims for the operator; appeals for whoever did not rule."""
    counts = queries.waiting_counts(user)
    if count := counts.get("rulings"):
        title = ngettext("%(n)s 项对接有争议", "%(n)s 项对接有争议", count) % {"n": count}
        text = _("按登记先后和证据裁定，理由各方可见")
        yield Todo("gavel", title, text, _("去裁定"), reverse("brokerage:introductions"), order=66)
    if count := counts.get("appeals"):
        title = ngettext("%(n)s 项申诉待决定", "%(n)s 项申诉待决定", count) % {"n": count}
        text = _("由作出裁定的人以外的人员决定")
        url = reverse("brokerage:introductions")
        yield Todo("gavel", title, text, _("去决定"), url, order=76)


def _kind_name(listing: Any) -> str:
    return next(kind.name for kind in kinds() if isinstance(listing, kind.model))


def _served(user: Any, listings: Sequence[Any]) -> list[Answer]:
    """Which brokers serve a listing, for everybody; a way to a mandate for brokers. One query."""
    kind = _kind_name(listings[0])
    found = queries.brokers_of_listings(kind, listings)
    is_broker = access_of(user).has(Role.BROKER)
    answers: list[Answer] = []
    for row in listings:
        brokers = found.get(row.pk, [])
        may = is_broker and row.status in CONTACTABLE and not access_of(user).in_org(row.owner_id)
        propose = reverse("brokerage:propose_for", args=[kind, row.code]) if may else ""
        routed = getattr(row, "contact_route", "") == "broker"
        answers.append(
            {"brokers": brokers, "propose": propose} if brokers or routed or propose else None
        )
    return answers


def _mandates_of(user: Any, organizations: Sequence[Any]) -> list[Answer]:
    """The mandates of an organisation, for its members. One query for them."""
    access = access_of(user)
    own = [org.pk for org in organizations if access.in_org(org.pk)]
    found = queries.running_by_client(own) if own else {}
    return [
        {"mandates": found.get(org.pk, []), "files": access.binds(org.pk)}
        if org.pk in own
        else None
        for org in organizations
    ]


def _on_enquiry(user: Any, enquiries: Sequence[Any]) -> list[Answer]:
    """Mandates and introductions of an enquiry, for those who see it."""
    return [queries.brokers_at(user, row) for row in enquiries]


def _introduces(user: Any, enquiries: Sequence[Any]) -> list[Answer]:
    """The button to record an introduction, for brokers of an enquiry of two organisations."""
    if not access_of(user).has(Role.BROKER):
        return [None for _row in enquiries]
    return [
        {} if row.asker_id and not queries.has_introduced(user, row) else None for row in enquiries
    ]


def _takes_mandates(user: Any, brokers: Any) -> list[Any]:
    """The button that proposes a mandate: for visitors, who sign in first, and for who may bind."""
    access = access_of(user)
    may = not user.is_authenticated or any(access.binds(pk) for pk in access.orgs)
    return [
        {"url": reverse("brokerage:propose_to", args=[broker.code])}
        if may and broker.user_id != user.pk
        else None
        for broker in brokers
    ]


def _is_written_to(user: Any, brokers: Any) -> list[Any]:
    """The button that writes to a broker: for visitors, who sign in first, and for everybody but the broker."""
    return [
        {"url": reverse("brokerage:write", args=[broker.code])}
        if broker.user_id != user.pk
        else None
        for broker in brokers
    ]


SLICE = Slice(
    "brokerage",
    "marketplace.brokerage.urls",
    menu=(
        MenuItem(gettext_lazy("经纪人登记"), "brokerage:own", "user", "account", 15, _has_an_entry),
        MenuItem(
            gettext_lazy("技术经纪人库"),
            "brokerage:register",
            "shield",
            "manage",
            45,
            _decides,
            _waiting,
        ),
        MenuItem(gettext_lazy("经纪人工作台"), "brokerage:desk", "list", "talks", 56, _is_broker),
        MenuItem(
            gettext_lazy("委托"),
            "brokerage:mandates",
            "doc",
            "talks",
            66,
            _deals,
            _mandates_waiting,
        ),
        MenuItem(
            gettext_lazy("对接记录"),
            "brokerage:introductions",
            "match",
            "talks",
            76,
            _hears_of_introductions,
            _introductions_badge,
        ),
        MenuItem(gettext_lazy("年度备案表"), "brokerage:filings", "doc", "talks", 85, _files),
    ),
    links=(
        SiteLink("header", pgettext_lazy("menu", "技术经纪人"), "brokerage:list", 35),
        SiteLink("find", pgettext_lazy("menu", "技术经纪人"), "brokerage:list", 35),
        SiteLink("editor", pgettext_lazy("menu", "技术经纪人"), "brokerage:list", 55),
        SiteLink("editor", gettext_lazy("登记为技术经纪人"), "brokerage:own", 65),
    ),
    todos=(
        _to_decide,
        _own_entry,
        _to_consent,
        _to_confirm,
        _to_acknowledge,
        _to_do_at_the_desk,
        _to_rule,
    ),
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
    codes=(
        CodePage("JR", queries.visible_to, "brokerage:detail"),
        CodePage("WT", queries.mandates_visible_to, "brokerage:mandate"),
        CodePage("DJ", queries.introductions_visible_to, "brokerage:introduction"),
        CodePage("YJ", queries.commissions_visible_to, "brokerage:commission"),
    ),
    sitemaps=(
        Sitemap(
            "brokers",
            lambda: queries.public_brokers().order_by("pk").only("code", "updated_at"),
            "brokerage:detail",
        ),
    ),
    schedules=(
        Schedule("brokerage.remind_of_certificates", every=6 * 3600.0),
        Schedule("brokerage.end_mandates", every=300.0),
        Schedule("brokerage.settle_rulings", every=3600.0),
        Schedule("brokerage.ask_whether_met", every=3600.0),
    ),
    samples=Samples("brokers", 65, samples.load, samples.remove),
    slots=(
        Contribution("home.panels", 16, _example, "brokerage/slot_example.html"),
        Contribution("organization.panels", 35, _of_organization, "brokerage/slot_brokers.html"),
        Contribution("broker.actions", 5, _takes_mandates, "brokerage/slot_propose.html"),
        Contribution("broker.actions", 6, _is_written_to, "brokerage/slot_write.html"),
        Contribution("organization.panels", 36, _mandates_of, "brokerage/slot_organization.html"),
        Contribution("listing.panels", 26, _served, "brokerage/slot_listing.html"),
        Contribution("enquiry.panels", 36, _on_enquiry, "brokerage/slot_enquiry.html"),
        Contribution("enquiry.actions", 16, _introduces, "brokerage/slot_introduce.html"),
    ),
)
