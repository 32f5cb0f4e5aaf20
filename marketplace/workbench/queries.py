"""What a person should do next, and the numbers beside the menu."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.kernel import clock
from marketplace.kernel.unreadable import readable
from marketplace.parties.policies import REGISTRARS, Role, access_of
from marketplace.parties.queries.counting import gather
from marketplace.web.slices import ReviewQueue, Todo, parts

MOST = 20


@dataclass(frozen=True)
class Waiting:
    """One row in the review queue."""

    queue: ReviewQueue
    row: Any

    @property
    def url(self) -> str:
        """Where it is reviewed."""
        return reverse(self.queue.page, args=[self.row.code])


def may_review(user: Any) -> bool:
    """Whether this person decides on what others have submitted."""
    return access_of(user).has(Role.OPERATOR, *REGISTRARS)


def todos(user: Any) -> list[Todo]:
    """What this person should do, most pressing first, at most MOST."""
    # All that they count is asked in one statement, before the first of them asks.
    gather(user)
    rows = [row for find in parts("todos") for row in find(user)]
    far = clock.now() + timedelta(days=3650)
    return sorted(rows, key=lambda row: (not row.urgent, row.due_at or far, row.order))[:MOST]


def own_numbers(user: Any) -> list[tuple[Any, list[tuple[Any, int]]]]:
    """Each overview with its lines of label and number; one query each."""
    return [(overview, overview.numbers(user)) for overview in parts("overviews")]


def review_queue(user: Any, limit: int = 100) -> list[Waiting]:
    """What waits in the common table, of all slices, oldest first, at most `limit`."""
    # The menu of the same page counts them: rows are asked for where there are any.
    waiting = [queue for queue in _tabled() if queue.count(user)]
    rows = [Waiting(queue, row) for queue in waiting for row in readable(queue.rows(user)[:limit])]
    now = clock.now()
    return sorted(rows, key=lambda waiting: waiting.row.submitted_at or now)[:limit]


def review_panels(user: Any) -> list[tuple[ReviewQueue, list[Any]]]:
    """The queues that have a panel of their own, with at most MOST rows each; empty ones are left out."""
    panels = [queue for queue in parts("reviews") if queue.template]
    found = [(queue, readable(queue.rows(user)[:MOST])) for queue in panels]
    return [(queue, rows) for queue, rows in found if rows]


def review_count(user: Any) -> int:
    """How much waits for this person's review."""
    return sum(queue.count(user) for queue in parts("reviews"))


def to_review(user: Any) -> Iterator[Todo]:
    """The rows of the common table as one thing to do, which opens the oldest."""
    if count := sum(queue.count(user) for queue in _tabled()):
        title = ngettext("%(n)s 条信息待审核", "%(n)s 条信息待审核", count) % {"n": count}
        oldest = review_queue(user, limit=1)
        url = oldest[0].url if oldest else reverse("workbench:review")
        text = _("先提交的先审，通过后自动打开下一条")
        yield Todo("check", title, text, _("去审核"), url, order=30)


def _tabled() -> list[ReviewQueue]:
    return [queue for queue in parts("reviews") if not queue.template]
