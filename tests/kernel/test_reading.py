"""Several querysets in one statement."""

from typing import Any

from django.db import connection
from django.db.models import Count, QuerySet
from django.test.utils import CaptureQueriesContext

import pytest

from marketplace.kernel.reading import read_together, statement
from marketplace.kernel.unreadable import is_unreadable, readable
from marketplace.needs.models import Need, NeedIndicator
from marketplace.parties.models import Organization, User
from tests.cast import Cast
from tests.factories.needs import make_need

pytestmark = pytest.mark.django_db


@pytest.fixture
def needs(cast: Cast) -> list[Need]:
    states = ("draft", "published", "in_review")
    return [make_need(cast.enterprise, cast.member, state=state) for state in states]


def lists() -> list[QuerySet[Any, Any]]:
    """Whole rows, rows with their related rows, a few columns, plain values, numbers, nothing at all."""
    return [
        Need.objects.select_related("owner").order_by("-id"),
        Need.objects.none(),
        Need.objects.only("code", "owner__name").select_related("owner").order_by("code"),
        User.objects.values_list("email", "email_verified_at", "is_active").order_by("email")[1:4],
        Organization.objects.values_list("kind").annotate(n=Count("pk")).order_by("kind"),
        User.objects.values_list("pk", flat=True).order_by("-email"),
        Need.objects.values("code", "published_at", "owner__name").order_by("-code"),
        Organization.objects.annotate(n=Count("needs")).order_by("-n", "id"),
    ]


def plain(rows: list[Any]) -> list[Any]:
    """Rows with all that was read of them, those that belong to them too."""
    return [
        {name: value for name, value in vars(row).items() if name != "_state"}
        | {"owner": str(row._state.fields_cache.get("owner", ""))}
        if hasattr(row, "_state")
        else row
        for row in rows
    ]


def test_one_statement_reads_what_each_list_reads_by_itself(needs: list[Need]) -> None:
    together = lists()
    with CaptureQueriesContext(connection) as asked:
        read_together(*together)
    assert len(asked) == 1
    with CaptureQueriesContext(connection) as asked:
        found = [plain(list(rows)) for rows in together]
    assert len(asked) == 0
    assert found == [plain(list(rows)) for rows in lists()]
    assert [len(rows) for rows in found][:4] == [3, 0, 3, 3]
    assert found[7][0]["n"] == 3


def test_lists_that_were_read_or_cannot_have_rows_ask_nothing(needs: list[Need]) -> None:
    known = Need.objects.order_by("id")
    list(known)
    with CaptureQueriesContext(connection) as asked:
        read_together(known, Need.objects.none())
        read_together()
    assert len(asked) == 0


def test_what_is_prefetched_is_read_as_always(needs: list[Need]) -> None:
    rows = Need.objects.prefetch_related("indicators").order_by("id")
    with CaptureQueriesContext(connection) as asked:
        read_together(rows, User.objects.all())
        found = [[one.pk for one in row.indicators.all()] for row in rows]
    assert len(asked) == 2
    assert found == [
        list(NeedIndicator.objects.filter(need=row).values_list("pk", flat=True)) for row in needs
    ]


def test_a_statement_runs_again_with_other_parameters(needs: list[Need]) -> None:
    made = statement([Need.objects.filter(pk=-1), Need.objects.filter(owner=-2).order_by("id")])
    first, _second, third = needs
    owner = first.owner_id
    assert made.rows() == [[], []]
    for one in (first, third):
        known = {-1: one.pk, -2: owner}
        params = [known.get(param, param) for param in made.params]
        assert made.rows(params) == [[one], needs]


def test_a_row_that_cannot_be_read_is_known_as_such(needs: list[Need]) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("the column has a type here")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE needs_need SET published_at = '2026-13-45 00:00:00' WHERE id = %s",
            [needs[0].pk],
        )
    rows = Need.objects.order_by("id")
    with pytest.raises(ValueError, match="month") as caught:
        read_together(rows)
    assert is_unreadable(caught.value)
    assert readable(rows) == needs[1:]
