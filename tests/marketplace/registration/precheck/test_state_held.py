"""A public body that sells rights is asked whether they are state-held: both rulebooks, by nature and kind."""

from datetime import date
from typing import Any

import pytest

from marketplace.registration.rulebook.books import book_for
from marketplace.registration.rulebook.engine import check, satisfied
from marketplace.registration.rulebook.facts import Facts, Party

TODAY = date(2026, 6, 1)


def said(nature: str, **more: Any) -> list[tuple[str, str, str]]:
    parties = (Party("seller", "卖方", nature=nature), Party("buyer", "买方", nature="022"))
    facts = Facts(**{"parties": parties, "contract_type": "ZR1", "signed_on": TODAY} | more)
    rows = [row for row in check(facts, None, TODAY) if row.code == "state_held_unsaid"]
    return [(row.level, row.rulebook, row.unverified) for row in rows]


@pytest.mark.parametrize("nature", ["011", "012", "013", "014", "020", "021", "022", "023", "024"])
@pytest.mark.parametrize("kind", ["ZR1", "XK2"])
def test_public_bodies(nature: str, kind: str) -> None:
    assert said(nature, contract_type=kind) == [("warns", "2026", "")]
    assert said(nature, contract_type=kind, signed_on=date(2025, 1, 1)) == [("warns", "2001", "")]


@pytest.mark.parametrize("nature", ["", "030", "110", "150", "170", "400"])
def test_others_are_not_asked(nature: str) -> None:
    assert said(nature) == []


@pytest.mark.parametrize("kind", ["KF1", "ZX", "FW", "FW-P"])
def test_work_for_others_needs_no_evidence_of_a_price(kind: str) -> None:
    assert said("022", contract_type=kind) == []
    assert said("022", contract_type=kind, is_equity=True) == [("warns", "2026", "")]


def test_the_box_answers_it() -> None:
    assert said("022", is_state_held=True) == []
    facts = Facts(contract_type="KF1")
    book = book_for(TODAY, TODAY)
    named = {rule.code for rule in satisfied(book, [], facts)}
    assert "state_held_unsaid" not in named
