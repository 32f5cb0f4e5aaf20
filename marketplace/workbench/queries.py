"""What a person should do next, and the numbers beside the menu."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.achievements import queries as achievements
from marketplace.achievements.models import Achievement
from marketplace.achievements.workflow import BatchStatus
from marketplace.kernel import clock
from marketplace.kernel.unreadable import readable
from marketplace.listings import queries as listings
from marketplace.listings.policies import REVIEWERS
from marketplace.listings.workflow import State
from marketplace.matching import queries as matching
from marketplace.needs.models import Need
from marketplace.parties import queries as parties
from marketplace.parties.policies import access_of
from marketplace.parties.workflow import OrgStatus

#: A listing that ends within so many days is worth a reminder.
SOON = timedelta(days=14)
MOST = 20


@dataclass(frozen=True)
class Todo:
    """One action: what, why, where; the nearest deadline comes first."""

    icon: str
    title: str
    text: str
    action: str
    url: str
    due_at: datetime | None = None
    urgent: bool = False

    @property
    def due(self) -> str:
        """The deadline in words."""
        return clock.day_of(self.due_at).isoformat() if self.due_at else ""


@dataclass(frozen=True)
class Waiting:
    """One submitted listing in the review queue, of either kind."""

    kind: str
    listing: Any

    @property
    def url(self) -> str:
        """Where it is reviewed."""
        return reverse(f"{self.kind}:review", args=[self.listing.code])


def todos(user: Any) -> list[Todo]:
    """What this person should do, most pressing first, at most MOST."""
    rows = [*_returned(user), *_ending(user), *_matches(user), *_unfinished(user)]
    rows += [*_review(user), *_joining(user), *_verifying(user)]
    far = clock.now() + timedelta(days=3650)
    return sorted(rows, key=lambda row: (not row.urgent, row.due_at or far))[:MOST]


def own_counts(user: Any) -> list[tuple[str, dict[str, int]]]:
    """How many own listings are in each state, by kind; two queries."""
    return [
        ("needs", _by_status(listings.own(Need, user))),
        ("achievements", _by_status(listings.own(Achievement, user))),
    ]


def review_queue(user: Any, limit: int = 100) -> list[Waiting]:
    """Submitted listings of both kinds, oldest first, at most `limit`."""
    rows = [
        Waiting("needs", row) for row in readable(listings.waiting_for_review(Need, user)[:limit])
    ]
    rows += [
        Waiting("achievements", row)
        for row in readable(achievements.achievements_to_review(user)[:limit])
    ]
    oldest = clock.now()
    return sorted(rows, key=lambda row: row.listing.submitted_at or oldest)[:limit]


def review_count(user: Any) -> int:
    """How many listings and imported batches wait for this person's review."""
    return _listings_waiting(user) + _batches_waiting(user)


def _listings_waiting(user: Any) -> int:
    if not access_of(user).has(*REVIEWERS):
        return 0
    return (
        listings.waiting_for_review(Need, user).count()
        + achievements.achievements_to_review(user).count()
    )


def _batches_waiting(user: Any) -> int:
    """Batches that somebody must still decide on; those that are being carried out are not counted."""
    return achievements.batches_to_review(user).filter(status=BatchStatus.IN_REVIEW).count()


def _by_status(rows: QuerySet[Any]) -> dict[str, int]:
    # COUNT(*), not of the key: so the index of own listings answers it alone.
    counted = rows.order_by().values("status").annotate(n=Count("*"))
    return {row["status"]: row["n"] for row in counted}


def _own(user: Any, status: str) -> list[tuple[str, Any]]:
    rows: list[tuple[str, Any]] = [
        ("needs", row) for row in readable(listings.own(Need, user).filter(status=status)[:MOST])
    ]
    own = listings.own(Achievement, user).filter(status=status)
    return rows + [("achievements", row) for row in readable(own[:MOST])]


def _returned(user: Any) -> list[Todo]:
    return [
        Todo(
            "undo",
            listing.title or listing.code,
            _("被退回：%(reason)s") % {"reason": "；".join(listing.return_reasons)[:80]},
            _("去修改"),
            reverse(f"{kind}:edit", args=[listing.code, "basics"]),
            urgent=True,
        )
        for kind, listing in _own(user, State.RETURNED)
    ]


def _unfinished(user: Any) -> list[Todo]:
    return [
        Todo(
            "pen",
            listing.title or listing.code,
            _("草稿还没有提交"),
            _("继续填写"),
            reverse(f"{kind}:edit", args=[listing.code, "basics"]),
        )
        for kind, listing in _own(user, State.DRAFT)[:5]
    ]


def _ending(user: Any) -> list[Todo]:
    soon = clock.now() + SOON
    rows = []
    for kind, own in (
        ("needs", listings.own(Need, user)),
        ("achievements", listings.own(Achievement, user)),
    ):
        for listing in readable(own.filter(status=State.PUBLISHED, expires_at__lte=soon)[:MOST]):
            url = reverse(f"{kind}:act", args=[listing.code, "renew"])
            text = _("有效期将满，续期后继续展示和匹配")
            rows.append(Todo("clock", listing.title, text, _("去续期"), url, listing.expires_at))
    return rows


def _review(user: Any) -> list[Todo]:
    rows = []
    if count := _listings_waiting(user):
        title = ngettext("%(n)s 条信息待审核", "%(n)s 条信息待审核", count) % {"n": count}
        queue = review_queue(user, limit=1)
        url = queue[0].url if queue else reverse("workbench:review")
        rows.append(Todo("check", title, _("先提交的先审，通过后自动打开下一条"), _("去审核"), url))
    if count := _batches_waiting(user):
        title = ngettext("%(n)s 批导入待审核", "%(n)s 批导入待审核", count) % {"n": count}
        url = reverse("workbench:review")
        text = _("核对文件、条数和权利单位，整批通过或退回")
        rows.append(Todo("upload", title, text, _("去审核"), url))
    if count := parties.verifications_to_decide(user).count():
        title = ngettext("%(n)s 个单位待认证", "%(n)s 个单位待认证", count) % {"n": count}
        url = reverse("parties:verification_queue")
        rows.append(Todo("shield", title, _("核对统一社会信用代码和证照"), _("去认证"), url))
    return rows


def _matches(user: Any) -> list[Todo]:
    count = matching.new_match_count(user)
    if not count:
        return []
    title = ngettext("%(n)s 项新的匹配", "%(n)s 项新的匹配", count) % {"n": count}
    url = reverse("matching:own")
    return [Todo("match", title, _("看看理由，标明合适或不合适"), _("去查看"), url)]


def _joining(user: Any) -> list[Todo]:
    if access_of(user).orgs or access_of(user).is_staff:
        return []
    url = reverse("parties:organization_new")
    text = _("需求和成果以单位名义发布")
    return [Todo("building", _("登记或加入你的单位"), text, _("去登记"), url)]


def _verifying(user: Any) -> list[Todo]:
    """Where the verification of the own organisations stands: nothing is published before."""
    words = {
        OrgStatus.DRAFT: (_("上传证照并提交认证，通过后才能提交审核"), _("去认证")),
        OrgStatus.PENDING: (_("登记员正在核对，一般 2 个工作日，结果会通知你"), _("查看认证")),
        OrgStatus.RETURNED: (_("认证材料被退回，请按意见补正后重新提交"), _("去补正")),
    }
    rows = []
    for membership in parties.organizations_of(user):
        org = membership.organization
        if org.status in words:
            text, action = words[OrgStatus(org.status)]
            title = _("%(name)s：%(state)s") % {"name": org.name, "state": org.get_status_display()}
            url = reverse("parties:manage", args=[org.code])
            is_returned = org.status == OrgStatus.RETURNED
            rows.append(Todo("shield", title, text, action, url, urgent=is_returned))
    return rows


def batches_to_review(user: Any) -> list[Any]:
    """Imported batches that wait for this person's review."""
    return readable(achievements.batches_to_review(user)[:MOST])
