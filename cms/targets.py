"""Places inside the product that editors may link to by name, so that a link outlives an address."""

from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

TARGETS: dict[str, Any] = {
    "achievements:list": _("科技成果库"),
    "achievements:new": _("发布成果"),
    "needs:list": _("技术需求库"),
    "needs:new": _("发布需求"),
    "parties:organizations": _("单位名录"),
    "parties:organization_new": _("登记单位"),
    "matching:describe": _("描述难题，找成果"),
    "portal:search": _("全站搜索"),
    "workbench:home": _("工作台"),
    "cms:home": _("首页"),
    "cms:news": _("新闻动态"),
    "cms:policies": _("政策法规"),
    "cms:help": _("帮助中心"),
    "portal:accessibility": _("无障碍声明"),
    "portal:sitemap": _("站点地图"),
    "account_signup": _("注册"),
    "account_terms": _("服务条款"),
    "account_privacy": _("隐私政策"),
    "api:docs": _("数据接口"),
}


def choices() -> list[tuple[str, Any]]:
    """The places, for a field of an editor's form."""
    return list(TARGETS.items())


def address(name: str) -> str:
    """The address in the reader's language; empty while no such page exists."""
    try:
        return reverse(name) if name in TARGETS else ""
    except NoReverseMatch:
        return ""
