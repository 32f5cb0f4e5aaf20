"""The operator's edits and the seeds."""

from datetime import date, timedelta

from django.db import IntegrityError, transaction

import pytest

from marketplace.journal.models import Entry
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.taxonomy import queries, services
from marketplace.taxonomy.models import Scheme, Shape, Term
from marketplace.taxonomy.services import code_lists
from tests.factories.parties import make_staff
from tests.factories.taxonomy import make_scheme, make_term

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(db):
    return make_staff("operator")


def refused(errors, field):
    return list(errors.value.errors) == [field]


# ---- adding


def test_add_under_a_parent(colours, operator):
    stamp = colours.stamp
    term = services.add_term(
        colours, code="pale", label="  淡 红 ", label_en="Pale red", parent="red", actor=operator
    )
    assert (term.code, term.parent, term.label) == ("red.pale", "red", "淡 红")
    assert (term.edited, term.valid_from, term.valid_to) == (True, clock.today(), None)
    assert term.order == 40
    colours.refresh_from_db()
    assert colours.stamp != stamp
    entry = Entry.objects.get(event="TermAdded")
    assert (entry.subject_kind, entry.subject_id) == ("taxonomy.term", term.pk)
    assert entry.actor == operator
    assert entry.payload == {"scheme": "colour", "code": "red.pale", "name": "淡 红"}


def test_codes_of_a_tree_stay_as_they_are(colours, operator):
    scheme = make_scheme("place", shape=Shape.TREE)
    make_term(scheme, "371300", "临沂市")
    term = services.add_term(
        scheme, code="371399", label="示例新区", parent="371300", actor=operator
    )
    assert (term.code, term.parent) == ("371399", "371300")


def test_this_process_sees_the_change_after_commit_only(
    colours, operator, django_capture_on_commit_callbacks
):
    queries.terms("colour")
    with django_capture_on_commit_callbacks(execute=True):
        services.add_term(colours, code="grey", label="灰", actor=operator)
        assert not queries.is_valid("colour", "grey")
    assert queries.is_valid("colour", "grey")


@pytest.mark.parametrize(
    "code", ["", "Red", "红", "a.b", "_a", "a_", "a__b", "a b", "x" * 41, "a\n"]
)
def test_codes_that_no_address_or_file_could_carry(colours, operator, code):
    with pytest.raises(InvalidInput) as errors:
        services.add_term(colours, code=code, label="灰", actor=operator)
    assert refused(errors, "code")


def test_path_too_long(colours, operator):
    with pytest.raises(InvalidInput) as errors:
        services.add_term(colours, code="x" * 38, label="灰", parent="red", actor=operator)
    assert refused(errors, "code")


def test_a_code_in_use_is_taken(colours, operator):
    for code, parent in (("red", ""), ("dark", "red")):
        with pytest.raises(InvalidInput) as errors:
            services.add_term(colours, code=code, label="x", parent=parent, actor=operator)
        assert refused(errors, "code")


def test_a_retired_code_comes_again_after_its_end(colours, operator):
    with pytest.raises(InvalidInput) as errors:
        services.add_term(
            colours, code="blue", label="海蓝", valid_from=date(2023, 12, 31), actor=operator
        )
    assert refused(errors, "valid_from")
    services.add_term(
        colours, code="blue", label="海蓝", valid_from=date(2024, 1, 1), actor=operator
    )
    assert colours.terms.filter(code="blue").count() == 2
    assert queries.label("colour", "blue") == "海蓝"


@pytest.mark.parametrize("parent", ["blue", "violet", "red.dark"])
def test_parents_must_hold_and_stand_at_the_top(colours, operator, parent):
    with pytest.raises(InvalidInput) as errors:
        services.add_term(colours, code="x", label="x", parent=parent, actor=operator)
    assert refused(errors, "parent")


def test_flat_lists_have_no_parents(operator):
    scheme = make_scheme("flat", shape=Shape.FLAT)
    make_term(scheme, "a")
    with pytest.raises(InvalidInput) as errors:
        services.add_term(scheme, code="b", label="b", parent="a", actor=operator)
    assert refused(errors, "parent")


@pytest.mark.parametrize("label", ["", "   ", "\u3000"])
def test_no_term_without_a_name(colours, operator, label):
    with pytest.raises(InvalidInput) as errors:
        services.add_term(colours, code="x", label=label, actor=operator)
    assert refused(errors, "label")
    with pytest.raises(InvalidInput) as errors:
        services.rename_term(colours.terms.first(), label=label, actor=operator)
    assert refused(errors, "label")


# ---- who may, and where


def every_write(scheme, actor):
    term = scheme.terms.get(code="green")
    blue = scheme.terms.get(code="blue")
    return [
        lambda: services.add_term(scheme, code="x", label="x", actor=actor),
        lambda: services.rename_term(term, label="x", actor=actor),
        lambda: services.retire_term(term, actor=actor),
        lambda: services.restore_term(blue, actor=actor),
    ]


@pytest.mark.parametrize(
    "role", ["registrar_city", "authority", "editor", "security_admin", "auditor"]
)
def test_the_operator_alone_may_write(colours, role):
    for write in every_write(colours, make_staff(role)):
        with pytest.raises(Forbidden):
            write()
    assert not Entry.objects.filter(subject_kind="taxonomy.term").exists()


def test_lists_fixed_by_a_standard_take_no_edits(colours, operator):
    Scheme.objects.filter(pk=colours.pk).update(editable=False)
    for write in every_write(colours, operator):
        with pytest.raises(Refused):
            write()


# ---- renaming, retiring, restoring


def test_rename(colours, operator):
    term = services.rename_term(
        colours.terms.get(code="red"), label="朱红", note="旧名红", order=99, actor=operator
    )
    assert (term.label, term.label_en, term.note, term.order) == ("朱红", "", "旧名红", 99)
    assert term.edited
    assert Entry.objects.get(event="TermRenamed").payload == {
        "scheme": "colour",
        "code": "red",
        "before": "红",
        "after": "朱红",
    }


def test_rename_keeps_the_place_when_none_is_given(colours, operator):
    term = services.rename_term(colours.terms.get(code="green"), label="碧", actor=operator)
    assert term.order == 40


def test_retire_keeps_the_label(colours, operator):
    services.retire_term(colours.terms.get(code="green"), actor=operator)
    queries.forget()
    assert not queries.is_valid("colour", "green")
    assert queries.is_valid("colour", "green", on=clock.today() - timedelta(days=1))
    assert queries.label("colour", "green") == "绿"
    assert Entry.objects.get(event="TermRetired").payload["day"] == clock.today().isoformat()


def test_retire_later(colours, operator):
    day = clock.today() + timedelta(days=30)
    services.retire_term(colours.terms.get(code="green"), on=day, actor=operator)
    queries.forget()
    assert queries.is_valid("colour", "green")
    assert not queries.is_valid("colour", "green", on=day)


def test_retire_refuses(colours, operator):
    with pytest.raises(Refused):
        services.retire_term(colours.terms.get(code="blue"), actor=operator)
    with pytest.raises(Refused):
        services.retire_term(colours.terms.get(code="red"), actor=operator)
    with pytest.raises(InvalidInput) as errors:
        services.retire_term(colours.terms.get(code="green"), on=date(2020, 12, 31), actor=operator)
    assert refused(errors, "on")


def test_a_parent_goes_after_its_children(colours, operator):
    for code in ("red.dark", "red.light", "red"):
        services.retire_term(colours.terms.get(code=code), actor=operator)
    with pytest.raises(Refused):
        services.restore_term(colours.terms.get(code="red.dark"), actor=operator)
    services.restore_term(colours.terms.get(code="red"), actor=operator)
    services.restore_term(colours.terms.get(code="red.dark"), actor=operator)
    queries.forget()
    assert queries.is_valid("colour", "red.dark")


def test_restore_refuses(colours, operator):
    with pytest.raises(Refused):
        services.restore_term(colours.terms.get(code="green"), actor=operator)
    make_term(colours, "blue", "海蓝", valid_from=date(2025, 1, 1))
    with pytest.raises(Refused):
        services.restore_term(colours.terms.get(label="蓝"), actor=operator)


def test_the_database_holds_the_line(colours):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_term(colours, "red")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_term(colours, "black", valid_to=date(2020, 1, 1))


# ---- seeds

SEED = """
[[scheme]]
code = "tea"
label = "茶"
label_en = "Tea"
version = {version}
source = "测试"
shape = "path"
note = "试"
terms = [
{terms}
]
"""


@pytest.fixture
def seed(tmp_path):
    def load(version, *terms):
        rows = "\n".join(f'["{code}", "{label}", "{english}"],' for code, label, english in terms)
        text = SEED.format(version=version, terms=rows)
        (tmp_path / "tea.toml").write_text(text, encoding="utf-8")
        return services.load_seeds(tmp_path)

    return load


GREEN, LONG, BLACK = (
    ("green", "绿茶", "Green"),
    ("green.long", "龙茶", ""),
    ("black", "红茶", "Black"),
)


def test_a_seed_is_loaded_once(seed, django_assert_num_queries):
    assert seed(1, GREEN, LONG, BLACK) == 1
    scheme = Scheme.objects.get(code="tea")
    assert (scheme.label, scheme.source, scheme.shape, scheme.seed_version) == (
        "茶",
        "测试",
        "path",
        1,
    )
    assert list(scheme.terms.values_list("code", "parent", "note", "edited")) == [
        ("green", "", "试", False),
        ("green.long", "green", "试", False),
        ("black", "", "试", False),
    ]
    with django_assert_num_queries(3):  # the savepoint, its end, and one question
        assert seed(1, BLACK) == 0
    assert scheme.terms.count() == 3


def test_a_newer_seed_changes_adds_and_retires(seed):
    seed(1, GREEN, LONG, BLACK)
    stamp = Scheme.objects.get(code="tea").stamp
    assert seed(2, ("black", "红茶类", "Black"), GREEN, ("white", "白茶", "White")) == 1
    assert Scheme.objects.get(code="tea").stamp != stamp
    queries.forget()
    assert [term.code for term in queries.terms("tea")] == ["black", "green", "white"]
    assert queries.label("tea", "black") == "红茶类"
    assert queries.label("tea", "green.long") == "龙茶"
    assert Term.objects.get(code="green.long").valid_to == clock.today()
    seed(3, GREEN, LONG)
    assert Term.objects.get(code="green.long").valid_to is None


def test_a_seed_never_overwrites_the_operator(seed, operator):
    seed(1, GREEN, LONG, BLACK)
    scheme = Scheme.objects.get(code="tea")
    services.rename_term(scheme.terms.get(code="green"), label="炒青", actor=operator)
    services.retire_term(scheme.terms.get(code="green.long"), actor=operator)
    services.add_term(scheme, code="dark", label="黑茶", actor=operator)
    seed(2, ("green", "绿茶类", "Green teas"), LONG, ("dark", "暗茶", "Dark"))
    assert scheme.terms.get(code="green").label == "炒青"
    assert scheme.terms.get(code="green.long").valid_to == clock.today()
    assert scheme.terms.get(code="dark").label == "黑茶"
    assert scheme.terms.get(code="black").valid_to == clock.today()


def test_an_older_seed_changes_nothing(seed):
    seed(2, GREEN)
    assert seed(1, BLACK) == 0
    assert list(Term.objects.filter(scheme__code="tea").values_list("code", flat=True)) == ["green"]


def test_after_migrate_other_databases_are_left_alone(monkeypatch):
    calls = []
    monkeypatch.setattr(code_lists, "load_seeds", lambda: calls.append(1))
    services.seed_after_migrate(using="replica")
    assert calls == []
    services.seed_after_migrate(using="default")
    assert calls == [1]
