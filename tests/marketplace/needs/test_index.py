"""The index holds public fields only; what leaves the lists becomes a tombstone."""

import json

import pytest

from marketplace.listings import services as listings
from marketplace.needs.index import NEEDS
from tests.cast import Cast
from tests.factories.needs import make_need

pytestmark = pytest.mark.django_db

CANARY = "CANARY-7f3e"


def test_nothing_confidential_reaches_a_document(cast: Cast) -> None:
    need = make_need(
        cast.enterprise,
        cast.member,
        state="published",
        confidential=CANARY,
        contact_name=CANARY,
        contact_email="canary-7f3e@example.com",
        hide_owner=True,
    )
    ((code, rev, document),) = NEEDS.source([need.code])
    text = json.dumps(document, default=str, ensure_ascii=False)
    assert (code, rev) == (need.code, need.rev)
    assert CANARY not in text
    assert "canary-7f3e" not in text
    assert cast.enterprise.code not in text
    assert cast.enterprise.name not in text


@pytest.mark.parametrize("state", ["draft", "in_review", "returned", "withdrawn", "expired"])
def test_unlisted_states_are_tombstones(cast: Cast, state: str) -> None:
    need = make_need(cast.enterprise, cast.member, state=state)
    assert list(NEEDS.source([need.code])) == [(need.code, need.rev, None)]


def test_parents_of_the_industry_are_found_too(cast: Cast) -> None:
    need = make_need(cast.enterprise, cast.member, state="published", industry="materials.magnetic")
    ((_code, _rev, document),) = NEEDS.source(None)
    assert document is not None
    assert document["industry"] == ["materials.magnetic", "materials"]
    assert document["price_band"] == "lt300"
    listings.move(need, "withdraw", actor=cast.member, reason="x")
    assert [row[2] for row in NEEDS.source(None)] == [None]
