"""The site's main menu and footer links: a table of URL names; what does not exist yet is left out."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, get_script_prefix, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Link:
    """One entry of a menu."""

    label: Any
    url: str
    current: bool = False


MAIN = (
    (_("科技成果"), "achievements:list"),
    (_("技术需求"), "needs:list"),
    (_("单位名录"), "parties:organizations"),
    (_("新闻动态"), "cms:news"),
    (_("政策法规"), "cms:policies"),
)

FOOTER = (
    (
        _("找技术"),
        (
            (_("科技成果库"), "achievements:list"),
            (_("技术需求库"), "needs:list"),
            (_("单位名录"), "parties:organizations"),
        ),
    ),
    (
        _("做交易"),
        (
            (_("发布需求"), "needs:new"),
            (_("发布成果"), "achievements:new"),
            (_("工作台"), "workbench:home"),
        ),
    ),
    (
        _("帮助"),
        (
            (_("帮助中心"), "cms:help"),
            (_("无障碍声明"), "portal:accessibility"),
            (_("数据接口"), "api:docs"),
            (_("站点地图"), "portal:sitemap"),
        ),
    ),
)


def address(name: str) -> str:
    """The address of a URL name, empty while no such page exists."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def home_address() -> str:
    """The home page in the page's language; it belongs to the CMS, which has no URL name for it."""
    code = get_language() or settings.LANGUAGE_CODE
    prefix = "" if code == settings.LANGUAGE_CODE else f"{code}/"
    return f"{get_script_prefix()}{prefix}"


def main_links(request: HttpRequest) -> list[Link]:
    """The menu with the present section marked."""
    home = home_address()
    links = [Link(_("首页"), home, request.path == home)]
    for label, name in MAIN:
        if url := address(name):
            links.append(Link(label, url, request.path.startswith(url)))
    return links


def footer_columns() -> list[dict[str, Any]]:
    """The footer's columns; one without any link is left out."""
    columns = []
    for title, rows in FOOTER:
        links = [Link(label, url) for label, name in rows if (url := address(name))]
        if links:
            columns.append({"title": title, "links": links})
    return columns
