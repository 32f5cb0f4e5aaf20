"""Which colour and icon a status word gets: one table, so that the same word looks the same anywhere."""

from typing import NamedTuple


class Mark(NamedTuple):
    """A tag's variant (`c-tag--…`) and the icon that says the same without colour."""

    kind: str
    icon: str


PLAIN = Mark("", "")

STATUS_MARKS = {
    # listings
    "draft": Mark("", "pen"),
    "in_review": Mark("warn", "clock"),
    "returned": Mark("danger", "undo"),
    "published": Mark("brand", "check"),
    "expired": Mark("line", "history"),
    "withdrawn": Mark("line", "x"),
    "solved": Mark("solid", "deal"),
    "transferred": Mark("solid", "deal"),
    # organisations, members, verification
    "unverified": Mark("", "info"),
    "submitted": Mark("warn", "clock"),
    "pending": Mark("warn", "clock"),
    "verified": Mark("brand", "shield"),
    "approved": Mark("brand", "check"),
    "rejected": Mark("danger", "x"),
    "revoked": Mark("danger", "x"),
    "suspended": Mark("danger", "lock"),
    "active": Mark("brand", "check"),
    "inactive": Mark("line", "lock"),
    "invited": Mark("warn", "mail"),
    # the register of brokers
    "entered": Mark("brand", "shield"),
    "declined": Mark("danger", "x"),
    "removed": Mark("line", "x"),
    # tenders
    "tendering": Mark("brand", "gavel"),
    "closed": Mark("line", "lock"),
    # openings
    "waiting": Mark("warn", "clock"),
    "opened": Mark("brand", "check"),
    "disputed": Mark("danger", "warn"),
    "unreadable": Mark("danger", "x"),
    "unopened": Mark("line", "lock"),
    # jobs
    "queued": Mark("", "clock"),
    "running": Mark("warn", "clock"),
    "done": Mark("brand", "check"),
    "failed": Mark("danger", "warn"),
    "cancelled": Mark("", "undo"),
    # intellectual property
    "granted": Mark("brand", "shield"),
    "lapsed": Mark("line", "x"),
}


def mark_of(status: str) -> Mark:
    """The mark of a status code; an unknown one is plain."""
    return STATUS_MARKS.get(status, PLAIN)
