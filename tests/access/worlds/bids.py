"""Bids of the university in every state, each for a sealed tender of the enterprise of its own."""

from typing import Any

from marketplace.bids import services
from marketplace.bids.services import clockwork
from marketplace.bids.workflow import AFTER, HANDED_IN, Status
from marketplace.kernel import clock
from marketplace.kernel.codes import new_code
from tests.factories.bids import hand_in, make_draft, make_keepers, make_sealed_tender
from tests.factories.tenders import make_tender


def bids(world: Any) -> dict[str, dict[str, dict[str, Any]]]:
    """One in each state; the tender of the lapsed one is closed, the others are open."""
    cast, keepers = world.cast, make_keepers(world.cast.operator)
    made: dict[str, dict[str, Any]] = {"missing": {"code": new_code("TB")}}
    receipt = ""
    for state in Status.values:
        tender, _keepers = make_sealed_tender(
            cast.enterprise, cast.approver, operator=cast.operator, keepers=keepers
        )
        row = make_draft(tender, cast.university, cast.university_member)
        if state in HANDED_IN:
            hand_in(row, cast.university_admin)
        if state == Status.WITHDRAWN:
            services.withdraw_bid(row, actor=cast.university_admin)
        if state == Status.LAPSED:
            with clock.shift(tender.deadline - clock.now()):
                services.record_closing(tender)
                clockwork.lapse(row)
        if state in AFTER:
            with clock.shift(tender.deadline - clock.now()):
                services.record_closing(tender)
                row.refresh_from_db()
                row.tender.refresh_from_db()
                how: dict[str, Any] = {"at": clock.now(), "because": row.tender}
                if state == Status.OPENED:
                    services.mark_opened(row, **how)
                elif state == Status.UNREADABLE:
                    services.mark_unreadable(row, fault="bidder", **how)
                else:
                    services.leave_closed(row, reason="stale", **how)
        row.refresh_from_db()
        if state == Status.SUBMITTED:
            receipt = row.envelopes.get().receipts.get().digest
        world.rows["bid", state] = row
        made[state] = {"code": row.code}
    tender = make_tender(cast.enterprise, cast.approver, operator=cast.operator)
    by_rights = make_draft(tender, cast.university, cast.university_member)
    handed_in = {"missing": {**made["missing"]}, "submitted": {**made["submitted"]}}
    return {
        "bid": made,
        "bid_open": {
            "draft": {"code": by_rights.code},
            "sealed": made["draft"],
            "missing": made["missing"],
        },
        "bid_tender": {
            "open": {"tender": world.rows["bid", "draft"].tender.code},
            "missing": {"tender": new_code("ZB")},
        },
        "bid_receipt": {state: one | {"digest": receipt} for state, one in handed_in.items()},
        "bid_part": {state: one | {"revision": 1, "number": 0} for state, one in handed_in.items()},
        "bid_upload": {"missing": {"name": "0" * 32}},
    }
