"""Rows in pages: each once, in the order of keys, and no statement open in between."""

from django.db import connection

import pytest

from marketplace.kernel.pages import in_pages
from marketplace.taxonomy.models import Term

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("size", [1, 3, 7, 8, 1000])
def test_each_row_once_in_the_order_of_the_keys(size: int):
    keys = list(Term.objects.order_by("pk").values_list("pk", flat=True)[:7])
    rows = Term.objects.filter(pk__in=keys).order_by("-label")
    assert [row.pk for row in in_pages(rows, size)] == keys


def test_no_rows():
    assert list(in_pages(Term.objects.none(), 5)) == []


def test_pages_cost_a_query_each(django_assert_num_queries):
    keys = list(Term.objects.order_by("pk").values_list("pk", flat=True)[:6])
    rows = Term.objects.filter(pk__in=keys)
    with django_assert_num_queries(2):
        list(in_pages(rows, 4))
    with django_assert_num_queries(3):
        list(in_pages(rows, 3))
    assert connection.vendor
