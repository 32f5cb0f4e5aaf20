"""What the shells need to know of people and organisations."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from marketplace.kernel.counting import Lists
from marketplace.parties import browsing, queries, samples
from marketplace.parties.policies import REGISTRARS, Role, access_of
from marketplace.parties.queries.counting import counted_for_todos
from marketplace.parties.workflow import OrgStatus
from marketplace.web.slices import (
    CodePage,
    MenuItem,
    Samples,
    Section,
    SiteLink,
    Sitemap,
    Slice,
    Todo,
)

#: States of an organisation in which its people are told how to go on.
_UNVERIFIED = (OrgStatus.DRAFT, OrgStatus.PENDING, OrgStatus.RETURNED)


def _verifies(user: Any) -> bool:
    return access_of(user).has(Role.OPERATOR, *REGISTRARS)


def _registers(user: Any) -> bool:
    return access_of(user).has(*REGISTRARS)


@counted_for_todos
def _waits(user: Any) -> Lists:
    return {
        "verify": queries.verifications_to_decide(user),
        "unverified": queries.organizations_of(user).filter(organization__status__in=_UNVERIFIED),
    }


def _to_verify(user: Any) -> Iterator[Todo]:
    if count := _waits(user)["verify"]:
        title = ngettext("%(n)s 个单位待认证", "%(n)s 个单位待认证", count) % {"n": count}
        url = reverse("parties:verification_queue")
        text = _("核对统一社会信用代码和证照")
        yield Todo("shield", title, text, _("去认证"), url, order=50)


def _to_join(user: Any) -> Iterator[Todo]:
    access = access_of(user)
    # A broker may work alone; nothing of the desk waits for an organisation.
    if not access.orgs and not access.is_staff and not access.has(Role.BROKER):
        text = _("需求和成果以单位名义发布")
        url = reverse("parties:organization_new")
        yield Todo("building", _("登记或加入你的单位"), text, _("去登记"), url, order=60)


def _to_be_verified(user: Any) -> Iterator[Todo]:
    """Where the verification of the own organisations stands: nothing is published before."""
    words = {
        OrgStatus.DRAFT: (_("上传证照并提交认证，通过后才能提交审核"), _("去认证")),
        OrgStatus.PENDING: (_("登记员正在核对，一般 2 个工作日，结果会通知你"), _("查看认证")),
        OrgStatus.RETURNED: (_("认证材料被退回，请按意见补正后重新提交"), _("去补正")),
    }
    for membership in queries.organizations_of(user) if _waits(user)["unverified"] else ():
        org = membership.organization
        if org.status in words:
            text, action = words[OrgStatus(org.status)]
            title = _("%(name)s：%(state)s") % {"name": org.name, "state": org.get_status_display()}
            url = reverse("parties:manage", args=[org.code])
            is_returned = org.status == OrgStatus.RETURNED
            yield Todo("shield", title, text, action, url, urgent=is_returned, order=70)


SLICE = Slice(
    "parties",
    "marketplace.parties.urls",
    menu=(
        MenuItem(
            gettext_lazy("单位认证"),
            "parties:verification_queue",
            "shield",
            "manage",
            40,
            _verifies,
        ),
        MenuItem(
            gettext_lazy("岗位代理"), "parties:delegations", "users", "account", 40, _registers
        ),
        MenuItem(gettext_lazy("我的单位"), "parties:own_organizations", "building", "account", 10),
        MenuItem(gettext_lazy("个人资料"), "parties:profile", "user", "account", 20),
        MenuItem(gettext_lazy("账号安全"), "parties:security", "lock", "account", 30),
    ),
    links=(
        SiteLink("header", gettext_lazy("单位名录"), "parties:organizations", 30),
        SiteLink("find", gettext_lazy("单位名录"), "parties:organizations", 30),
        SiteLink("editor", gettext_lazy("单位名录"), "parties:organizations", 50),
        SiteLink("editor", gettext_lazy("登记单位"), "parties:organization_new", 60),
        SiteLink("editor", gettext_lazy("注册"), "account_signup", 160),
        SiteLink("editor", gettext_lazy("服务条款"), "account_terms", 170),
        SiteLink("editor", gettext_lazy("隐私政策"), "account_privacy", 180),
    ),
    todos=(_to_verify, _to_join, _to_be_verified),
    sections=(
        Section(
            "organizations",
            pgettext_lazy("search", "单位"),
            browsing.in_order,
            "parties/organization_found.html",
            "parties:organizations",
            30,
            scope=pgettext_lazy("search", "单位"),
        ),
    ),
    codes=(CodePage("JG", queries.visible_to, "parties:organization"),),
    sitemaps=(
        Sitemap(
            "orgs",
            lambda: queries.public_organizations().order_by("pk").only("code", "updated_at"),
            "parties:organization",
        ),
    ),
    samples=Samples("organisations and people", 10, samples.load, samples.remove),
)
