"""The register: what is recorded, corrected, lifted and voided, who reads it, and a sheet of it."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

import pytest
from openpyxl import load_workbook

from marketplace.exclusions import queries, services
from marketplace.exclusions.imports import _known, template_file
from marketplace.exclusions.models import Decision
from marketplace.exclusions.rulebook import SCOPES, in_area
from marketplace.journal import services as journal
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused, Stale
from marketplace.notices.models import Notice
from marketplace.sheets.headings import spellings
from marketplace.tenders.rulebook import PROCEDURES
from tests.cast import Cast
from tests.factories.exclusions import content_of, lift, make_decision
from tests.factories.files import pdf_bytes

pytestmark = pytest.mark.django_db


def test_a_decision_holds_from_its_first_instant_to_its_last(cast: Cast) -> None:
    """Half-open: at the first instant the party is excluded, at the end it is not."""
    today = clock.today()
    row = make_decision(cast.university, starts_on=today, last_on=today + timedelta(1))
    states = Decision.State
    begin, end = row.starts_at, row.ends_at
    assert end is not None
    assert end - begin == timedelta(2)
    tick = timedelta(microseconds=1)
    for at, state in (
        (begin - tick, states.COMING),
        (begin, states.IN_FORCE),
        (end - tick, states.IN_FORCE),
        (end, states.OVER),
    ):
        assert row.state_at(at) == state
        found = [s for s in states if queries.at_state(Decision.objects.all(), s, at).exists()]
        assert found == [state]
    row = lift(row, today + timedelta(1))
    assert row.lifted_at is not None
    assert (row.state_at(row.lifted_at - tick), row.state_at(row.lifted_at)) == (
        states.IN_FORCE,
        states.LIFTED,
    )
    assert queries.term_in_words(row) == f"{today} 至 {today + timedelta(1)}"


def test_what_a_decision_says_is_judged_at_its_fields(cast: Cast) -> None:
    operator, today = cast.operator, clock.today()
    for said, at in (
        ({"uscc": "91371302000000000X"}, {"uscc"}),
        ({"scopes": []}, {"scopes"}),
        ({"scopes": ["everything"]}, {"scopes"}),
        ({"areas": ["37"]}, {"areas"}),
        ({"fields": ["nothing"]}, {"fields"}),
        ({"source": ""}, {"source"}),
        ({"source": "javascript:alert(1)"}, {"source"}),
        ({"last_on": today - timedelta(1)}, {"last_on"}),
        ({"decided_on": today + timedelta(1)}, {"decided_on"}),
        ({"number": " ", "body": ""}, {"number", "body"}),
        ({"starts_on": date.min}, {"starts_on"}),
        ({"last_on": date.max}, {"last_on"}),
        ({"decided_on": date.min}, {"decided_on"}),
        ({"kind": "person"}, {"note"}),
        ({"kind": "person", "note": "某职务", "account": "nobody@example.com"}, {"account"}),
    ):
        with pytest.raises(InvalidInput) as caught:
            make_decision(cast.university, actor=operator, **said)
        assert set(caught.value.errors) == at, said
    for who in ("approver", "auditor", "expert"):
        with pytest.raises(Forbidden):
            make_decision(cast.university, actor=cast[who])
    row = make_decision(cast.university, actor=cast.authority, last_on=None)
    assert row.ends_at is None
    with pytest.raises(InvalidInput) as caught:
        make_decision(cast.university, actor=operator)
    assert set(caught.value.errors) == {"number"}
    # A document instead of a link.
    upload = SimpleUploadedFile("决定.pdf", pdf_bytes())
    content = content_of(cast.university, number="另一号", source="")
    assert services.record_decision(content, upload=upload, actor=operator).source == ""


def test_a_row_is_corrected_lifted_and_voided(cast: Cast) -> None:
    row = make_decision(cast.university)
    how = {"actor": cast.operator, "rev": row.rev}
    content = content_of(cast.other_enterprise, number="公管罚〔2026〕8 号")
    with pytest.raises(Stale):
        services.correct_decision(row, content, reason="录错单位", actor=cast.operator, rev=9)
    with pytest.raises(InvalidInput) as caught:
        services.correct_decision(row, content, reason=" ", **how)
    assert set(caught.value.errors) == {"reason"}
    row = services.correct_decision(row, content, reason="录错单位", **how)
    assert (row.name, row.uscc) == (cast.other_enterprise.name, cast.other_enterprise.uscc)

    with pytest.raises(InvalidInput) as caught:
        services.lift_decision(row, number="", lifted_on=None, actor=cast.operator, rev=row.rev)
    assert set(caught.value.errors) == {"number", "lifted_on"}
    row = lift(row, clock.today())
    with pytest.raises(Refused):
        lift(row, clock.today())
    row = services.void_decision(row, reason="没有这份决定", actor=cast.operator, rev=row.rev)
    assert row.state == Decision.State.VOID
    with pytest.raises(Refused, match="作废"):
        services.void_decision(row, reason="再次", actor=cast.operator, rev=row.rev)


def test_who_reads_the_register(cast: Cast) -> None:
    """Operator, authority and auditor read it; others read what names them, without the note of a person."""
    firm, person = make_decision(cast.university), make_decision(cast.expert)
    for who, sees in (
        ("operator", [person, firm]),
        ("authority", [person, firm]),
        ("auditor", [person, firm]),
        ("university_member", [firm]),
        ("expert", [person]),
        ("approver", []),
        ("visitor", []),
    ):
        assert list(queries.visible_to(cast[who])) == sees, who
    client = Client()
    client.force_login(cast.expert)
    page = client.get(f"/workbench/exclusions/{person.code}/").content.decode()
    assert "公管罚〔2026〕7 号" in page
    assert "原某大学教授" not in page
    told = client.get(f"/api/v1/exclusions/{person.code}/").json()
    assert (told["note"], told["state"]) == ("", "in_force")
    assert client.get(f"/workbench/exclusions/{firm.code}/").status_code == 404

    # Those who are named are told, and what was taken back names nobody.
    while journal.drain():
        pass
    told_of = Notice.objects.filter(kind="exclusions.decision")
    assert set(told_of.values_list("recipient", flat=True)) == {
        cast.university_admin.pk,
        cast.expert.pk,
    }
    services.void_decision(firm, reason="录错", actor=cast.operator, rev=firm.rev)
    assert not queries.visible_to(cast.university_admin).exists()


def test_scopes_name_every_procedure_and_areas_contain_their_districts() -> None:
    for scopes in SCOPES.values():
        acts = set().union(*(one.acts for one in scopes))
        assert acts == {*(one.name for one in PROCEDURES), "expert"}
    assert in_area("371302", "370000")
    assert in_area("371302", "371300")
    assert not in_area("371302", "371311")
    assert not in_area("371302", "320000")
    assert not in_area("", "370000")


def test_nobody_keeps_a_row_about_himself_or_his_organisation(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        make_decision(cast.operator, actor=cast.operator)
    row = make_decision(cast.operator, actor=cast.authority)
    with pytest.raises(Forbidden):
        lift(row, clock.today(), actor=cast.operator)


def test_who_was_named_learns_of_a_void_row(cast: Cast, drain: Callable[[], int]) -> None:
    row = make_decision(cast.university)
    drain()
    services.void_decision(row, reason="误录", actor=cast.authority, rev=row.rev)
    drain()
    titles = [one.title for one in Notice.objects.filter(recipient=cast.university_admin)]
    assert any("系误录，已作废" in title for title in titles), titles


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_template_of_each_language_is_read_in_each(
    cast: Cast, language: str, tmp_path: Path
) -> None:
    with translation.override(language), template_file() as made:
        path = tmp_path / "template.xlsx"
        path.write_bytes(made.read())
    book = load_workbook(path)
    rows = next(one for one in book.worksheets if one.max_column >= 10)
    heads = [str(cell.value or "") for cell in rows[rows.max_row]]
    with translation.override("en" if language == "zh-hans" else "zh-hans"):
        found = {_known()[one] for text in heads for one in spellings(text) if one in _known()}
    assert len(found) == 14
