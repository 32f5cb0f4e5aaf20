"""The workbench menu: the entries that slices declare, under the headings of GROUPS."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from marketplace.web.navigation import address
from marketplace.web.slices import parts

#: The groups of the menu in their order: the key that an entry names, and the heading.
GROUPS = (
    ("work", _("我的工作")),
    ("market", _("成果与需求")),
    ("calls", _("揭榜征集")),
    ("talks", _("洽谈与合同")),
    ("manage", _("审核与管理")),
    ("account", _("单位与账号")),
)


@dataclass(frozen=True)
class Row:
    """A heading, or a link. Plain values, so that menus that show the same are drawn once (`web.lines`)."""

    heading: str = ""
    label: str = ""
    url: str = ""
    icon: str = ""
    count: int = 0
    current: str = ""


def build(request: HttpRequest) -> tuple[Row, ...]:
    """The menu of this reader, headings and links; pages that do not exist are left out.

    The link of the page itself is marked, or the one of the list that the page belongs to.
    """
    shown = [
        (item, url)
        for item in parts("menu")
        if item.seen_by(request.user) and (url := address(item.page))
    ]
    path, home = request.path, address("workbench:home")
    above = [url for _item, url in shown if path.startswith(url) and (url != home or path == home)]
    current = max(above, key=len, default="")
    rows: list[Row] = []
    for group, heading in GROUPS:
        links = [
            Row(
                label=str(item.label),
                url=url,
                icon=item.icon,
                count=item.count(request.user) if item.count else 0,
                current=("page" if path == url else "true") if url == current else "",
            )
            for item, url in shown
            if item.group == group
        ]
        rows += [Row(heading=str(heading)), *links] if links else []
    return tuple(rows)
