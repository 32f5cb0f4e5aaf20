"""The two status tables: which moves exist, and that a person makes each."""

import pytest

from marketplace.kernel.errors import Forbidden, Refused
from marketplace.parties.workflow import DOSSIER, ORGANIZATION
from tests.cast import Cast
from tests.factories.parties import OrganizationFactory

MOVES = {
    ("draft", "submit"): "pending",
    ("returned", "submit"): "pending",
    ("draft", "verify"): "verified",
    ("pending", "verify"): "verified",
    ("returned", "verify"): "verified",
    ("pending", "return"): "returned",
    ("verified", "suspend"): "suspended",
    ("suspended", "restore"): "verified",
}


def test_every_legal_move_and_no_other(cast: Cast) -> None:
    seen = {}
    for status in ORGANIZATION.states.values:
        for name in ORGANIZATION.transitions:
            org = OrganizationFactory(status=status)
            actor = cast.operator
            if name == "submit":
                actor = cast.org_admin
                cast.org_admin.access.orgs[org.pk] = frozenset({"org_admin"})
            try:
                ORGANIZATION.fire(name, org, actor)
            except Refused:
                assert org.status == status
            else:
                seen[(status, name)] = org.status
    assert seen == MOVES


def test_moves_are_made_by_those_who_may(cast: Cast) -> None:
    for status, name in MOVES:
        org = OrganizationFactory(status=status)
        for person in (cast.visitor, cast.outsider, cast.auditor, cast.editor):
            with pytest.raises(Forbidden):
                ORGANIZATION.fire(name, org, person)


def test_no_move_is_made_by_the_clock() -> None:
    for table in (ORGANIZATION, DOSSIER):
        assert all(move.permission for move in table.transitions.values())
    assert "pending --> verified: verify" in DOSSIER.mermaid()
    assert ORGANIZATION.mermaid().startswith("stateDiagram-v2\n    [*] --> draft")
