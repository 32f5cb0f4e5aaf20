"""The pages of the workbench itself, as its menu and the site's links show them."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.parties.policies import Role, access_of
from marketplace.web.slices import MenuItem, SiteLink, Slice
from marketplace.web.slots import Answer, Contribution
from marketplace.workbench import queries


def _operates(user: Any) -> bool:
    return access_of(user).has(Role.OPERATOR)


def _cancels(user: Any, jobs: Sequence[Any]) -> list[Answer]:
    """Whoever may end a job can do so on every page that shows it. No query."""
    return [{} if job and user.has_perm("journal.cancel_job", job) else None for job in jobs]


SLICE = Slice(
    "workbench",
    menu=(
        MenuItem(_("待办"), "workbench:home", "home", "work", 10),
        MenuItem(
            _("审核队列"),
            "workbench:review",
            "check",
            "manage",
            30,
            queries.may_review,
            queries.review_count,
        ),
        MenuItem(_("运行情况"), "workbench:operations", "settings", "manage", 60, _operates),
    ),
    links=(
        SiteLink("deal", _("工作台"), "workbench:home", 90),
        SiteLink("editor", _("工作台"), "workbench:home", 90),
    ),
    todos=(queries.to_review,),
    slots=(Contribution("job.actions", 10, _cancels, "workbench/slot_cancel.html"),),
)
