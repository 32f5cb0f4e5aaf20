"""Openings of tenders of the enterprise: one waits for its keepers, of one the bids are open."""

from datetime import timedelta
from typing import Any

from marketplace.kernel import clock
from marketplace.kernel.codes import new_code
from marketplace.openings import queries, services
from marketplace.openings.models import OpenedBid
from tests.factories.bids import (
    Keepers,
    answer_all,
    hand_in,
    make_draft,
    make_keepers,
    make_sealed_tender,
)
from tests.factories.custody import make_custodian, make_key
from tests.factories.tenders import make_tender


def openings(world: Any) -> dict[str, dict[str, dict[str, Any]]]:
    """A member of the other enterprise keeps one of the keys, and the university bids for both."""
    cast = world.cast
    keepers: Keepers = make_keepers(cast.operator, 2)
    kept = make_custodian(cast.other_enterprise, cast.outsider, inviter=cast.operator, kind="other")
    keepers.keys[kept.code], _key, _rehearsal = make_key(kept)
    keepers.rows.append(kept)
    answer_all(keepers)
    made: dict[str, dict[str, Any]] = {"missing": {"code": new_code("KB")}}
    read: dict[str, dict[str, Any]] = {"missing": {"code": new_code("TB")}}
    told: dict[str, dict[str, Any]] = {"missing": {"code": new_code("ZB")}}
    sealed, _keepers = make_sealed_tender(
        cast.enterprise, cast.approver, operator=cast.operator, keepers=keepers
    )
    plain = make_tender(cast.enterprise, cast.approver, operator=cast.operator)
    for state, tender in (("waiting", sealed), ("opened", plain)):
        bid = make_draft(tender, cast.university, cast.university_member)
        hand_in(bid, cast.university_admin)
        tender.refresh_from_db()
        with clock.shift(tender.deadline - clock.now() + timedelta(minutes=1)):
            row = services.up_to_date(tender)
        row = queries.opening_of(tender)
        assert row is not None
        world.rows["opening", state] = row
        world.rows["opened_bid", state] = OpenedBid.objects.get(bid=bid)
        made[state], read[state] = {"code": row.code}, {"code": bid.code}
        told[state] = {"code": tender.code}
    # The list has more than these: calls to which nobody came.
    for owner, actor in ((cast.enterprise, cast.approver), (cast.other_enterprise, cast.outsider)):
        empty = make_tender(owner, actor, operator=cast.operator)
        with clock.shift(empty.deadline - clock.now() + timedelta(minutes=1)):
            services.up_to_date(empty)
    return {
        "opening": made,
        "opened_bid": read,
        "opened_file": {state: one | {"number": 1} for state, one in read.items()},
        "opening_tender": told,
    }
