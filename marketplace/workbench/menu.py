"""The workbench menu: a static table of URL names, who sees them, and what is counted beside them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from marketplace.listings.policies import REVIEWERS
from marketplace.matching import queries as matching
from marketplace.parties.policies import Access, access_of
from marketplace.web.navigation import address
from marketplace.workbench import queries


@dataclass(frozen=True)
class Item:
    """One entry; `seen_by` decides from the reader's access, `count` asks for a number."""

    label: Any
    name: str
    icon: str
    seen_by: Callable[[Access], bool] = lambda _access: True
    count: Callable[[Any], int] | None = None


def _works(access: Access) -> bool:
    return bool(access.orgs)


def _reviews(access: Access) -> bool:
    return access.has(*REVIEWERS)


def _operates(access: Access) -> bool:
    return access.has("operator")


def _edits(access: Access) -> bool:
    return access.has("editor", "operator")


MENU = (
    (
        _("我的工作"),
        (
            Item(_("待办"), "workbench:home", "home"),
            Item(_("我的需求"), "needs:own", "target", _works),
            Item(_("我的成果"), "achievements:own", "flask", _works),
            Item(_("批量导入"), "achievements:import", "upload", _works),
            Item(_("新的匹配"), "matching:own", "match", _works, matching.new_match_count),
            Item(_("消息"), "notices:list", "bell"),
        ),
    ),
    (
        _("审核与管理"),
        (
            Item(_("审核队列"), "workbench:review", "check", _reviews, queries.review_count),
            Item(_("单位认证"), "parties:verification_queue", "shield", _reviews),
            Item(_("分类与代码"), "taxonomy:schemes", "list", _operates),
            Item(_("运行情况"), "workbench:operations", "settings", _operates),
            Item(_("内容编辑"), "wagtailadmin_home", "pen", _edits),
        ),
    ),
    (
        _("单位与账号"),
        (
            Item(_("我的单位"), "parties:own_organizations", "building"),
            Item(_("个人资料"), "parties:profile", "user"),
            Item(_("账号安全"), "parties:security", "lock"),
        ),
    ),
)


def build(request: HttpRequest) -> list[dict[str, Any]]:
    """The menu of this reader, headings and links; pages that do not exist are left out."""
    access = access_of(request.user)
    rows: list[dict[str, Any]] = []
    for heading, items in MENU:
        links = [
            {
                "label": item.label,
                "url": url,
                "icon": item.icon,
                "count": item.count(request.user) if item.count else 0,
                "current": request.path == url,
            }
            for item in items
            if item.seen_by(access) and (url := address(item.name))
        ]
        rows += [{"heading": heading}, *links] if links else []
    return rows
