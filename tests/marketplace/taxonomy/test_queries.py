"""What the code lists answer, and what it costs."""

import uuid
from datetime import date
from typing import Any

from django.utils import translation

import pytest

from marketplace.kernel.errors import NotVisible
from marketplace.taxonomy import queries
from marketplace.taxonomy.models import Scheme, Term
from marketplace.taxonomy.queries import code_lists
from tests.factories.taxonomy import make_scheme, make_term

pytestmark = pytest.mark.django_db


def codes(found):
    return [term.code for term in found]


def test_terms_hold_today_depth_first(colours):
    assert codes(queries.terms("colour")) == ["red", "red.dark", "red.light", "green"]
    assert [term.level for term in queries.terms("colour")] == [0, 1, 1, 0]


def test_a_child_added_last_stands_under_its_parent(colours):
    make_term(colours, "red.pale", "淡红")
    assert codes(queries.terms("colour"))[:4] == ["red", "red.dark", "red.light", "red.pale"]


@pytest.mark.parametrize(
    ("day", "there"),
    [
        (date(2020, 12, 31), []),
        (date(2021, 1, 1), ["green", "blue"]),
        (date(2023, 12, 31), ["green", "blue"]),
        (date(2024, 1, 1), ["green"]),
    ],
)
def test_the_end_of_a_period_is_exclusive(colours, day, there):
    found = codes(queries.terms("colour", on=day))
    assert [code for code in found if not code.startswith("red")] == there
    for code in ("green", "blue"):
        assert queries.is_valid("colour", code, on=day) is (code in there)


def test_labels_of_retired_and_unknown_codes(colours):
    assert queries.label("colour", "blue") == "蓝"
    assert queries.label("colour", "violet") == "violet"
    assert queries.label("nothing", "red") == "red"
    assert not queries.is_valid("colour", "blue")
    assert not queries.is_valid("colour", "violet")
    assert not queries.is_valid("nothing", "red")


def test_labels_follow_the_readers_language(colours):
    with translation.override("en"):
        assert queries.label("colour", "red") == "Red"
        assert queries.label("colour", "red.light") == "浅红"
        assert ("red.dark", "　Dark red") in queries.choices("colour")
    assert queries.label_in("colour", "red", "en-gb") == "Red"
    assert queries.label_in("colour", "red", "zh-hans") == "红"


def test_choices_are_indented(colours):
    assert queries.choices("colour") == [
        ("red", "红"),
        ("red.dark", "　深红"),
        ("red.light", "　浅红"),
        ("green", "绿"),
    ]


def test_ancestors_and_descendants(colours):
    assert queries.ancestors("colour", "red.dark") == ["red"]
    assert queries.ancestors("colour", "red") == []
    assert queries.ancestors("colour", "") == []
    assert queries.ancestors("colour", "violet.dark") == []
    assert queries.descendants("colour", "red") == ["red.dark", "red.light"]
    assert queries.descendants("colour", "green") == []
    assert queries.descendants("colour", "") == []


def test_a_code_may_come_again_with_another_name(colours):
    make_term(colours, "blue", "海蓝", valid_from=date(2025, 1, 1))
    assert queries.label("colour", "blue") == "海蓝"
    assert [term.label for term in queries.terms("colour", on=date(2023, 5, 1))][-1] == "蓝"
    assert codes(queries.terms("colour")).count("blue") == 1
    assert not queries.is_valid("colour", "blue", on=date(2024, 6, 1))
    assert queries.is_valid("colour", "blue", on=date(2025, 1, 1))


def test_a_lost_parent_hides_nothing(colours):
    make_term(colours, "violet.dark", "深紫")
    found = {term.code: term for term in queries.terms("colour")}
    assert found["violet.dark"].level == 0
    assert queries.ancestors("colour", "violet.dark") == []


def test_a_circle_of_parents_ends(colours):
    Term.objects.filter(scheme=colours, code="red").update(parent="green")
    Term.objects.filter(scheme=colours, code="green").update(parent="red")
    assert queries.ancestors("colour", "red") == []


def test_a_warm_cache_asks_nothing(colours, django_assert_num_queries):
    with django_assert_num_queries(2):
        queries.terms("colour")
    with django_assert_num_queries(0):
        queries.terms("colour")
        queries.label("colour", "red")
        queries.choices("colour")
        queries.ancestors("colour", "red.dark")
        queries.descendants("colour", "red")
        queries.is_valid("colour", "green")
        for code in ("red", "green", "blue", "violet"):
            queries.label("colour", code)


def test_a_list_that_is_empty_or_unknown_is_remembered_too(colours, django_assert_num_queries):
    make_scheme("empty")
    assert queries.terms("empty") == queries.terms("nothing") == []
    with django_assert_num_queries(0):
        assert queries.terms("empty") == queries.terms("nothing") == []


def test_thirty_terms_cost_what_one_costs(colours, django_assert_num_queries):
    for number in range(30):
        make_term(colours, f"shade_{number}")
    with django_assert_num_queries(2):
        assert len(queries.terms("colour")) == 34


def test_another_process_is_heard_after_the_refresh(colours, monkeypatch):
    assert queries.label("colour", "red") == "红"
    # What another process does: rows and stamp change, our cache is not told.
    Term.objects.filter(scheme=colours, code="red").update(label="朱红")
    assert queries.label("colour", "red") == "红"
    monkeypatch.setattr(code_lists, "REFRESH", 0)
    assert queries.label("colour", "red") == "红", "without a new stamp nothing is read"
    Scheme.objects.filter(pk=colours.pk).update(stamp=uuid.uuid4())
    assert queries.label("colour", "red") == "朱红"


def test_one_changed_list_leaves_the_others_cached(colours, monkeypatch, django_assert_num_queries):
    other = make_scheme("size", label="大小")
    make_term(other, "big", "大")
    queries.terms("colour")
    queries.terms("size")
    monkeypatch.setattr(code_lists, "REFRESH", 0)
    Scheme.objects.filter(pk=other.pk).update(stamp=uuid.uuid4())
    with django_assert_num_queries(1):
        queries.terms("colour")
    with django_assert_num_queries(2):
        queries.terms("size")


def test_the_operators_table_shows_every_row(colours, django_assert_num_queries):
    make_term(colours, "blue", "海蓝", valid_from=date(2999, 1, 1))
    with django_assert_num_queries(1):
        rows = queries.table_of(colours)
    assert [(row["term"].label, row["indent"], row["holds"], row["awaited"]) for row in rows] == [
        ("红", "", True, False),
        ("深红", "　", True, False),
        ("浅红", "　", True, False),
        ("绿", "", True, False),
        ("蓝", "", False, False),
        ("海蓝", "", False, True),
    ]
    assert queries.term_of(colours, "blue").label == "海蓝"


def test_schemes_count_what_holds(colours, django_assert_num_queries):
    with django_assert_num_queries(1):
        counted = {scheme.code: scheme.in_use for scheme in queries.schemes()}
    assert counted["colour"] == 4
    assert counted["trl"] == 9
    assert list(counted)[1:4] == ["industry", "chain", "field"], "in the order of the seeds"


def test_unknown_lists_and_terms_are_not_found(colours):
    with pytest.raises(NotVisible):
        queries.scheme_named("nothing")
    with pytest.raises(NotVisible):
        queries.term_of(colours, "violet")


def test_rows_read_while_another_thread_sees_a_change_are_not_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A snapshot that is older than the revision would be kept in cards under the new one."""
    code_lists.forget()
    cache, read = code_lists._cache, code_lists._read
    queries.terms("industry")

    def slow(code: str) -> Any:
        found = read(code)
        Scheme.objects.filter(code="district").update(stamp=uuid.uuid4())
        cache.checked = -float("inf")
        cache.check()
        return found

    monkeypatch.setattr(code_lists, "_read", slow)
    old = cache.scheme("district")
    monkeypatch.setattr(code_lists, "_read", read)
    assert cache.scheme("district").stamp != old.stamp
