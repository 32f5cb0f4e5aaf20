"""Rules up to the opening."""

from hypothesis import strategies as st
from hypothesis.stateful import (
    rule,
)

from marketplace.bids import services as bids
from marketplace.custody import sealing
from marketplace.kernel import clock
from marketplace.openings import services as openings
from marketplace.openings.models import OpenedBid
from marketplace.tenders import services as tenders
from marketplace.tenders.workflow import OPEN
from tests.factories.bids import Seal, form_for, make_draft, right_for, said
from tests.factories.openings import shares
from tests.factories.tenders import working_deadline
from tests.marketplace.mechanism.base import FIRM, Base, at, when
from tests.marketplace.mechanism.starts import CANARY


class Bidding(Base):
    """Bidders hand in, the purchaser amends, keepers post shares."""

    @rule(firm=FIRM, price=st.integers(0, 10**9))
    @when(lambda self: self.is_open)
    def hand_in(self, firm: int, price: int) -> None:
        """Submit, or replace what was submitted."""
        org, person = self.world.firms[firm]
        if self.bid(firm) is None:
            self.attempt(lambda: make_draft(self.tender, org, person))
        bid = self.bid(firm)
        if bid is None:
            return
        form = form_for(self.tender, price=price, scheme=CANARY)
        late = self.tender.status_at(clock.database_now()) not in OPEN
        seal: list[Seal] = []

        def act() -> None:
            if not bid.tender.is_sealed:
                bids.edit_bid(bid, form, [], actor=person)
                bids.hand_in_open(bid, said(bid), actor=person)
                return
            seal.append(Seal(bid, form))
            names = seal[0].send(right_for(bid, person))
            bids.hand_in_sealed(bid, seal[0].header, names, said(bid), actor=person)

        done = self.attempt(act)
        assert not (done and (late or self.tender.is_suspended)), "1: taken too late"
        if done:
            bid.refresh_from_db()
            self.plain[bid.code, bid.revision] = form
            if seal:
                self.seals[bid.code] = seal[0]

    @rule(firm=FIRM)
    @when(lambda self: self.is_open)
    def withdraw(self, firm: int) -> None:
        """Take it back before the deadline."""
        if bid := self.bid(firm):
            self.attempt(lambda: bids.withdraw_bid(bid, actor=self.world.firms[firm][1]))

    @rule(firm=FIRM)
    @when(lambda self: self.is_open)
    def confirm(self, firm: int) -> None:
        """Say that a bid answers to the amended terms too."""
        if bid := self.bid(firm):
            rev, person = said(bid).terms_rev, self.world.firms[firm][1]
            self.attempt(lambda: bids.confirm_bid(bid, terms_rev=rev, actor=person))

    @rule(number=st.integers(0, 10**6), extend=st.booleans())
    @when(lambda self: self.is_open)
    def amend(self, number: int, extend: bool) -> None:
        """Change the conditions, or move the deadline."""
        before = self.tender.deadline
        assert before is not None

        def act() -> None:
            row = tenders.propose_amendment(
                self.tender,
                {} if extend else {"conditions": f"要求 {number}"},
                reason="补充",
                deadline=working_deadline((before - clock.now()).days + 9) if extend else None,
                actor=self.cast.approver,
            )
            tenders.approve_amendment(row, actor=self.cast.operator)

        self.attempt(act)
        after = self.tender.deadline
        assert after is not None
        assert after >= before, "11: a deadline moved earlier"

    @rule(keeper=st.integers(0, 2), wrong=st.booleans())
    @at("waiting")
    @when(lambda self: not self.is_open)
    def post(self, keeper: int, wrong: bool) -> None:
        """A keeper posts what his page opened, or something else."""
        opening = openings.up_to_date(self.tender)
        if opening is None or not opening.tender.is_sealed:
            return
        row = self.world.keepers.rows[keeper]
        found = shares(opening, self.world.keepers, row)
        if wrong:
            found = dict.fromkeys(found, sealing.to_base64(bytes([keeper + 1]) + b"x" * 32))
        self.attempt(lambda: openings.post_shares(opening, row, found, actor=row.person))

    @rule(keeper=st.integers(0, 2), firm=FIRM)
    @at("waiting")
    @when(lambda self: not self.is_open)
    def keeper_is_away(self, keeper: int, firm: int) -> None:
        """A keeper cannot come; a bidder reveals the key of his own bid."""
        opening = openings.up_to_date(self.tender)
        if opening is None or not opening.tender.is_sealed:
            return
        row = self.world.keepers.rows[keeper]
        self.attempt(lambda: openings.excuse_keeper(opening, row, "lost", "遗失", actor=row.person))
        org, person = self.world.firms[firm]
        one = (
            OpenedBid.objects.select_related("bid", "envelope", "opening__tender")
            .filter(opening=opening, bid__organization=org)
            .first()
        )
        if one is not None and one.bid.code in self.seals:
            seal = self.seals[one.bid.code]
            key = sealing.to_base64(sealing.recover(sealing.parse(seal.header), seal.key))
            self.attempt(lambda: openings.reveal_key(one, key, actor=person))
