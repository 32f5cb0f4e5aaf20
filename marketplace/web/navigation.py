"""The site's main menu and footer links, as slices declare them; what has no page is left out."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from marketplace.web.slices import parts


@dataclass(frozen=True)
class Link:
    """One entry of a menu."""

    label: Any
    url: str
    current: bool = False


#: The columns of the footer: the place that slices name in their links, and the heading.
FOOTER = (("find", _("找技术")), ("deal", _("做交易")), ("help", _("帮助")))


def address(name: str) -> str:
    """The address of a URL name, empty while no such page exists."""
    return _address(name, get_language(), get_script_prefix(), get_urlconf(settings.ROOT_URLCONF))


@lru_cache(512)
def _address(name: str, _language: str | None, _prefix: str, urlconf: str) -> str:
    """All that an address without arguments depends on; a page shows some twenty of them."""
    try:
        return reverse(name, urlconf)
    except NoReverseMatch:
        return ""


def home_address() -> str:
    """The home page in the page's language; it belongs to the CMS, which has no URL name for it."""
    code = get_language() or settings.LANGUAGE_CODE
    prefix = "" if code == settings.LANGUAGE_CODE else f"{code}/"
    return f"{get_script_prefix()}{prefix}"


def links_in(place: str) -> list[Link]:
    """The links that slices declare for a place, in order; those without a page are left out."""
    links = (link for link in parts("links") if link.place == place)
    return [Link(link.label, url) for link in links if (url := address(link.page))]


def main_links(request: HttpRequest) -> list[Link]:
    """The menu with the present section marked."""
    home = home_address()
    return [
        Link(_("首页"), home, request.path == home),
        *(replace(link, current=request.path.startswith(link.url)) for link in links_in("header")),
    ]


def footer_columns() -> list[dict[str, Any]]:
    """The footer's columns; one without any link is left out."""
    columns = [{"title": title, "links": links_in(place)} for place, title in FOOTER]
    return [column for column in columns if column["links"]]
