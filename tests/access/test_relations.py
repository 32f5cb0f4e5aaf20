"""Relations: an audience follows from how a person stands to the very object, whoever owns it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from marketplace.parties.queries import organizations_of
from tests.access import roles
from tests.access.matrix import BadMatrix, _row
from tests.access.roles import ENTERPRISE, UNIVERSITY, BadExpression, expand, likeness, relations_of
from tests.access.world import STATES, World


#: Whether a person really stands in the relation to a row of the world.
def _buyer(contract: Any) -> Any:
    return contract.parties.get(side="buyer").organization_id


HOLDS: dict[str, dict[str, Callable[[Any, Any], bool]]] = {
    "need": {
        "owner": lambda user, row: user.access.in_org(row.owner_id),
        "owner_binder": lambda user, row: user.access.binds(row.owner_id),
    },
    "achievement": {"owner": lambda user, row: user.access.in_org(row.owner_id)},
    "offering": {"owner": lambda user, row: user.access.in_org(row.owner_id)},
    "offering_import": {"holder": lambda user, row: user.pk == row.uploaded_by_id},
    "batch": {"owner": lambda user, row: user.access.in_org(row.owner_id)},
    "organization": {
        "owner": lambda user, row: user.access.in_org(row.pk),
        "owner_admin": lambda user, row: user.access.is_admin_of(row.pk),
    },
    "broker": {
        "self": lambda user, row: row.user_id == user.pk,
        "unit_approver": lambda user, row: user.access.binds(row.organization_id),
    },
    "delegation": {
        "holder": lambda user, row: row.holder_id == user.pk,
        "deputy": lambda user, row: row.deputy_id == user.pk,
    },
    "mandate": {
        "mandated_broker": lambda user, row: row.broker.user_id == user.pk,
        "client": lambda user, row: user.access.in_org(row.client_id),
    },
    "commission": {
        "mandated_broker": lambda user, row: row.mandate.broker.user_id == user.pk,
        "client": lambda user, row: user.access.in_org(row.mandate.client_id),
    },
    "introduction": {
        "claimant": lambda user, row: row.broker.user_id == user.pk,
        "introduced": lambda user, row: any(
            user.access.in_org(side.organization_id) for side in row.sides.all()
        ),
        "introduced_binder": lambda user, row: any(
            user.access.binds(side.organization_id) for side in row.sides.all()
        ),
    },
    "enquiry": {
        "answering": lambda user, row: user.access.in_org(row.owner_id),
        "answering_binder": lambda user, row: user.access.binds(row.owner_id),
        "asking": lambda user, row: user.access.in_org(row.asker_id),
        "asking_binder": lambda user, row: user.access.binds(row.asker_id),
    },
    "intent": {
        "proposing": lambda user, row: user.access.in_org(row.owner_id),
        "proposing_binder": lambda user, row: user.access.binds(row.owner_id),
        "deciding": lambda user, row: user.access.in_org(row.enquiry.asker_id),
        "deciding_binder": lambda user, row: user.access.binds(row.enquiry.asker_id),
    },
    "contract_amendment": {
        "keeper": lambda user, row: user.access.in_org(row.contract.owner_id),
        "keeper_binder": lambda user, row: user.access.binds(row.contract.owner_id),
        "buyer": lambda user, row: user.access.in_org(_buyer(row.contract)),
        "buyer_binder": lambda user, row: user.access.binds(_buyer(row.contract)),
    },
    "contract": {
        "keeper": lambda user, row: user.access.in_org(row.owner_id),
        "keeper_binder": lambda user, row: user.access.binds(row.owner_id),
        "buyer": lambda user, row: any(
            user.access.in_org(party.organization_id)
            for party in row.parties.all()
            if party.side == "buyer"
        ),
        "buyer_binder": lambda user, row: any(
            user.access.binds(party.organization_id)
            for party in row.parties.all()
            if party.side == "buyer"
        ),
    },
    "registration": {
        **{
            side: lambda user, row, side=side: any(
                user.access.in_org(party.organization_id)
                for party in row.contract.parties.all()
                if party.side == side
            )
            for side in ("seller", "buyer")
        },
        **{
            f"{side}_binder": lambda user, row, side=side: any(
                user.access.binds(party.organization_id)
                for party in row.contract.parties.all()
                if party.side == side
            )
            for side in ("seller", "buyer")
        },
    },
    "checked_contract": {
        side: lambda user, row, side=side: any(
            user.access.in_org(party.organization_id)
            for party in row.parties.all()
            if party.side == side
        )
        for side in ("seller", "buyer")
    },
    "lead": {"taker": lambda user, row: row.broker_id == user.pk},
    "step": {
        "parties": lambda user, row: (
            user.access.in_org(row.enquiry.owner_id) or user.access.in_org(row.enquiry.asker_id)
        )
    },
    "bid": {
        "bidder": lambda user, row: user.access.in_org(row.organization_id),
        "bidder_binder": lambda user, row: user.access.binds(row.organization_id),
    },
    "lotresult": {
        "purchaser": lambda user, row: user.access.in_org(row.tender.owner_id),
        "purchaser_binder": lambda user, row: user.access.binds(row.tender.owner_id),
        "bidder": lambda user, row: any(
            user.access.in_org(one.organization_id) for one in row.entries.all()
        ),
        "bidder_binder": lambda user, row: any(
            user.access.binds(one.organization_id) for one in row.entries.all()
        ),
    },
    "letter": {
        "purchaser": lambda user, row: user.access.in_org(row.result.tender.owner_id),
        "purchaser_binder": lambda user, row: user.access.binds(row.result.tender.owner_id),
        "bidder": lambda user, row: user.access.in_org(row.organization_id),
        "bidder_binder": lambda user, row: user.access.binds(row.organization_id),
    },
    "delivery": {
        "purchaser": lambda user, row: user.access.in_org(row.purchaser_id),
        "purchaser_binder": lambda user, row: user.access.binds(row.purchaser_id),
        "bidder": lambda user, row: user.access.in_org(row.winner_id),
        "bidder_binder": lambda user, row: user.access.binds(row.winner_id),
    },
    "opening": {
        "purchaser": lambda user, row: user.access.in_org(row.tender.owner_id),
        "opening_keeper": lambda user, row: any(
            one.custodian.person_id == user.pk for one in row.tender.keepers.all()
        ),
    },
    "opened_bid": {
        "bidder": lambda user, row: user.access.in_org(row.bid.organization_id),
        "bidder_binder": lambda user, row: user.access.binds(row.bid.organization_id),
        "purchaser": lambda user, row: user.access.in_org(row.opening.tender.owner_id),
    },
    "contact": {
        "firm": lambda user, row: user.access.in_org(row.firm_id),
        "officers": lambda user, row: user.access.has("registrar_city", "registrar_county"),
    },
    "dossier": {"applicant": lambda user, row: row.applicant_id == user.pk},
    "grant": {
        "owner": lambda user, row: user.access.in_org(row.owner_id),
        "owner_binder": lambda user, row: user.access.binds(row.owner_id),
        "reader": lambda user, row: user.access.in_org(row.organization_id),
        "reader_binder": lambda user, row: user.access.binds(row.organization_id),
    },
    "publicity": {
        "publisher": lambda user, row: user.access.in_org(row.owner_id),
        "publisher_binder": lambda user, row: user.access.binds(row.owner_id),
    },
    "objection": {
        "publisher": lambda user, row: user.access.in_org(row.publicity.owner_id),
        "publisher_binder": lambda user, row: user.access.binds(row.publicity.owner_id),
        "objector": lambda user, row: user.access.in_org(row.organization_id),
        "objector_binder": lambda user, row: user.access.binds(row.organization_id),
    },
    "tender": {
        "purchaser": lambda user, row: user.access.in_org(row.owner_id),
        "purchaser_binder": lambda user, row: user.access.binds(row.owner_id),
    },
    "funded_tender": {
        "purchaser": lambda user, row: user.access.in_org(row.owner_id),
        "purchaser_binder": lambda user, row: user.access.binds(row.owner_id),
        "screener": lambda user, row: user.access.covers("registrar_county", row.county),
    },
    "tender_question": {
        "purchaser": lambda user, row: user.access.in_org(row.tender.owner_id),
        "asker": lambda user, row: user.access.in_org(row.organization_id),
    },
    "expert": {"self": lambda user, row: row.person_id == user.pk},
    "panel": {
        "purchaser": lambda user, row: user.access.in_org(row.owner_id),
        "purchaser_binder": lambda user, row: user.access.binds(row.owner_id),
        "panelist": lambda user, row: row.seats.filter(person_id=user.pk).exists(),
        "bidder": lambda user, row: row.has_bidder(list(user.access.orgs)),
    },
    "exclusion": {
        "named": lambda user, row: (
            row.voided_at is None
            and any(one.organization.uscc == row.uscc for one in organizations_of(user))
        ),
    },
    "custodian": {
        "keeper": lambda user, row: row.person_id == user.pk,
        "keeper_binder": lambda user, row: user.access.binds(row.organization_id),
    },
    "rehearsal": {"keeper": lambda user, row: row.key.custodian.person_id == user.pk},
    "match": {
        "asker": lambda user, row: user.access.in_org(row.need.owner_id),
        "offerer": lambda user, row: user.access.in_org(row.achievement.owner_id),
    },
}


def untrue(world: World) -> Iterator[str]:
    for (kind, state), row in world.rows.items():
        for relation, people in relations_of(kind, state).items():
            real = {
                role
                for role, person in world.people.items()
                if role != "visitor" and HOLDS[kind][relation](person, row)
            }
            if real != people:
                yield f"{relation} of {kind} {state}: {sorted(real)}, said {sorted(people)}"


@pytest.mark.django_db
def test_the_relations_are_those_of_the_world(world: World) -> None:
    assert list(untrue(world)) == []
    assert {kind for kind, _state in world.rows} == set(HOLDS)


def test_relations_are_of_kinds_and_states_that_exist() -> None:
    for name in roles.RELATIONS:
        kind, _space, state = name.partition(" ")
        assert state in STATES[kind] if state else kind in STATES


@pytest.mark.parametrize(
    ("expression", "subject", "state", "expected"),
    [
        ("owner", "need", "draft", {"member", "approver", "org_admin"}),
        ("owner - owner_admin", "organization", "verified", {"member", "approver"}),
        ("asker", "match", "open", {"member", "approver", "org_admin"}),
        ("offerer", "match", "open", {"university_admin", "university_member"}),
        ("holder", "other_file", "unbound", {"member"}),
        ("applicant", "other_file", "dossier", {"org_admin"}),
    ],
)
def test_a_relation_is_resolved_for_the_object(
    expression: str, subject: str, state: str, expected: set[str]
) -> None:
    assert expand(expression, subject, state) == expected


def test_strangers_are_those_without_a_relation_to_this_object() -> None:
    specialists = {"broker", "expert", "custodian", "security_admin", "editor"}
    assert expand("strangers", "need") == {*UNIVERSITY, "outsider", *specialists}
    assert expand("strangers", "match") == {"outsider", *specialists}
    assert expand("strangers", "invitation_link") == {
        *ENTERPRISE,
        *UNIVERSITY,
        *({"outsider"} | specialists - {"expert"}),
    }


@pytest.mark.parametrize(
    ("expression", "subject"),
    [
        ("asker", "need"),
        ("owner", ""),
        ("owner", "token"),
        ("nobody", "need"),
        ("owner - owner", "need"),
    ],
)
def test_a_relation_that_the_object_does_not_have_is_refused(expression: str, subject: str) -> None:
    with pytest.raises(BadExpression):
        expand(expression, subject)


@pytest.fixture
def trial(monkeypatch: pytest.MonkeyPatch) -> None:
    """Relations of slices that do not exist yet: any word, any roles, by state where it matters."""
    lot = {"owner": UNIVERSITY, "mandated_broker": frozenset({"broker"})}
    monkeypatch.setitem(roles.RELATIONS, "lot", lot)
    monkeypatch.setitem(roles.RELATIONS, "lot open", {"bidder": ENTERPRISE})
    monkeypatch.setitem(roles.RELATIONS, "lot sealed", {"custodian": frozenset({"custodian"})})


@pytest.mark.usefixtures("trial")
def test_relations_of_coming_slices_need_an_entry_and_nothing_else() -> None:
    assert expand("bidder + mandated_broker", "lot", "open") == {*ENTERPRISE, "broker"}
    assert expand("custodian", "lot", "sealed") == {"custodian"}
    assert expand("owner", "lot", "sealed") == UNIVERSITY
    with pytest.raises(BadExpression):
        expand("bidder", "lot", "sealed")
    assert "broker" not in expand("strangers", "lot", "open")
    assert likeness("broker", "lot", "open") == "mandated_broker"
    assert likeness("broker", "need", "open") == "specialists"
    assert likeness("outsider", "lot", "open") == "publishers"


@pytest.mark.usefixtures("trial")
def test_a_row_by_relations_must_still_give_everybody_one_status() -> None:
    whole = {"visitor": "login", "bidder": 200, "signed_in - bidder": 404}
    assert _row("x", whole, "lot", "open")["member"] == 200
    for row in ({"bidder": 200, "visitor": 404}, {**whole, "mandated_broker": 200}):
        with pytest.raises(BadMatrix):
            _row("x", row, "lot", "open")


def test_a_relation_may_not_hide_a_group(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(roles.RELATIONS, "lot", {"operator": ENTERPRISE})
    with pytest.raises(BadExpression):
        expand("operator", "lot")


def test_a_relation_that_is_untrue_is_noticed() -> None:
    """The control: the world of an object that another organisation owns."""
    user = type("Person", (), {"access": type("A", (), {"in_org": lambda _s, pk: pk == 1})()})()
    row = type("Row", (), {"owner_id": 2})()
    world = World.__new__(World)
    world.rows, world.people = {("achievement", "draft"): row}, dict.fromkeys(ENTERPRISE, user)
    assert list(untrue(world)) == [
        "owner of achievement draft: [], said ['approver', 'member', 'org_admin']"
    ]
