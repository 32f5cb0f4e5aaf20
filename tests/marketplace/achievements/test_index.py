"""The index holds public fields only; what leaves the lists becomes a tombstone."""

import json

import pytest

from marketplace.achievements.index import ACHIEVEMENTS
from marketplace.listings import services as listings
from tests.cast import Cast
from tests.factories.achievements import make_achievement

pytestmark = pytest.mark.django_db

CANARY = "CANARY-7f3e"


def test_nothing_confidential_reaches_a_document(cast: Cast) -> None:
    made = make_achievement(
        cast.university,
        cast.university_member,
        state="published",
        confidential=CANARY,
        contact_name=CANARY,
        contact_phone="0539-7777777",
        contact_email="canary-7f3e@example.com",
    )
    ((code, rev, document),) = ACHIEVEMENTS.source([made.code])
    text = json.dumps(document, default=str, ensure_ascii=False)
    assert (code, rev) == (made.code, made.rev)
    for secret in (CANARY, "canary-7f3e", "7777777", "浆料配比见附件"):
        assert secret not in text


def test_a_document_can_be_filtered_and_found(cast: Cast) -> None:
    make_achievement(cast.university, cast.university_member, state="published")
    ((_code, _rev, document),) = ACHIEVEMENTS.source(None)
    assert document is not None
    assert set(document) <= set(ACHIEVEMENTS.fields)
    assert document["industry"] == ["materials.magnetic", "materials"]
    assert (document["trl"], document["ip"]) == ("8", ["granted", "invention"])
    assert (document["pricing"], document["price"]) == ("negotiated", 120_000_000)
    assert (document["price_min"], document["price_max"]) == (120_000_000, 180_000_000)
    assert (document["price_band"], document["owner_kind"]) == ("lt300", "university")
    for part in ("低熔点相", "伺服电机", "双面辊涂", "矫顽力 Hcj ≥ 21 kOe", "浆料"):
        assert part in document["body"]


@pytest.mark.parametrize("state", ["draft", "in_review", "returned", "withdrawn", "expired"])
def test_unlisted_states_are_tombstones(cast: Cast, state: str) -> None:
    made = make_achievement(cast.university, cast.university_member, state=state)
    assert list(ACHIEVEMENTS.source([made.code])) == [(made.code, made.rev, None)]


def test_withdrawal_takes_it_out(cast: Cast) -> None:
    made = make_achievement(cast.university, cast.university_member, state="published")
    listings.move(made, "withdraw", actor=cast.university_member, reason="x")
    assert [row[2] for row in ACHIEVEMENTS.source(None)] == [None]
