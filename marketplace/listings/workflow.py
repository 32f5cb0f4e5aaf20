"""The status flow of a listing: draft, review, publication, expiry, and how it ends.

Needs and achievements share it; each names its own end (`solved`, `transferred`). What happens to a
listing elsewhere (tender open, contract signed) is derived from other slices and never stored here.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from marketplace.kernel import clock
from marketplace.kernel.workflow import Transition, Workflow


def listing_flow(
    states: type[TextChoices],
    *,
    slice_name: str,
    noun: str,
    end: tuple[str, Any],
    end_state: str,
    entries: Iterable[str] = (),
) -> Workflow:
    """The flow of a listing whose permissions read `<slice>.<verb>_<noun>`.

    `end` is name and label of the move that closes a listing well; `end_state` is where it leads.
    `entries` are states other than draft in which a row may be created.
    """

    def may(verb: str) -> str:
        return f"{slice_name}.{verb}_{noun}"

    return Workflow.of(
        states,
        "draft",
        Transition(
            "submit",
            _("提交审核"),
            {"draft", "returned"},
            "in_review",
            may("edit"),
            guards=(owner_is_verified, is_still_valid),
        ),
        Transition("recall", _("撤回修改"), {"in_review"}, "draft", may("edit")),
        Transition("return", _("退回"), {"in_review"}, "returned", may("review")),
        Transition(
            "publish",
            _("通过并发布"),
            {"in_review"},
            "published",
            may("review"),
            guards=(owner_is_verified, is_still_valid, can_be_contacted),
        ),
        Transition(
            "renew",
            _("续期"),
            {"published", "expired"},
            "published",
            may("edit"),
            guards=(owner_is_verified, can_be_contacted),
        ),
        Transition(
            "expire",
            _("到期"),
            {"published"},
            "expired",
            guards=(is_past,),
            by_clock=f"{slice_name}.expire",
        ),
        Transition("revise", _("修改后重新提交"), {"published", "expired"}, "draft", may("edit")),
        Transition(
            "withdraw",
            _("下架"),
            {"in_review", "returned", "published", "expired"},
            "withdrawn",
            may("withdraw"),
        ),
        Transition(end[0], end[1], {"published", "expired"}, end_state, may("edit")),
        subject=f"{slice_name}.{noun}",
        entries=entries,
    )


def owner_is_verified(listing: Any, _now: Any) -> object:
    """Only verified organisations appear before the public."""
    return "" if listing.owner.is_verified else _("单位尚未通过认证，认证后才能提交或发布")


def can_be_contacted(listing: Any, _now: Any) -> object:
    """What nobody can ask about is not published."""
    if listing.contact.is_reachable:
        return ""
    return _(
        "没有联系电话或邮箱，发布后没有人能联系到：请在信息里填写，或在单位资料里填写公开联系方式"
    )


def is_still_valid(listing: Any, now: Any) -> object:
    """A listing is not published with an end that has passed: it would expire at once.

    The end that its author wishes for now decides, not the one it had when it was published before.
    """
    day = listing.valid_until
    late = day is not None and clock.end_of_day(day) <= now
    return _("有效期已过，请先修改有效期") if late else ""


def is_past(listing: Any, now: Any) -> object:
    """The clock closes a listing at the end of its validity, not before."""
    return "" if listing.expires_at is not None and listing.expires_at <= now else _("尚未到期")
