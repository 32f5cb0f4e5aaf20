"""The workbench menu: the entries that slices declare, under the headings of GROUPS."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from marketplace.web.navigation import address
from marketplace.web.slices import parts

#: The groups of the menu in their order: the key that an entry names, and the heading.
GROUPS = (("work", _("我的工作")), ("manage", _("审核与管理")), ("account", _("单位与账号")))


def build(request: HttpRequest) -> list[dict[str, Any]]:
    """The menu of this reader, headings and links; pages that do not exist are left out."""
    rows: list[dict[str, Any]] = []
    for group, heading in GROUPS:
        links = [
            {
                "label": item.label,
                "url": url,
                "icon": item.icon,
                "count": item.count(request.user) if item.count else 0,
                "current": request.path == url,
            }
            for item in parts("menu")
            if item.group == group and item.seen_by(request.user) and (url := address(item.page))
        ]
        rows += [{"heading": heading}, *links] if links else []
    return rows
