"""The custodians of a tender with their private keys, as if three pages had made them."""

from typing import Any

from marketplace.custody import services
from marketplace.custody.models import Custodian, Rehearsal
from tests.cast import Cast
from tests.factories.custody import answer_of, make_custodian, make_key
from tests.factories.parties import OrganizationFactory, make_member


class Keepers:
    """Three custodians of three institutions with their private keys."""

    def __init__(self, cast: Cast) -> None:
        notary, lab = OrganizationFactory(name="沂州公证处"), OrganizationFactory(name="质检所")
        self.custodians: list[Custodian] = []
        self.keys: dict[int, Any] = {}
        for org, kind in ((cast.enterprise, "purchaser"), (notary, "legal"), (lab, "other")):
            inviter = make_member(org, "org_admin")
            row = make_custodian(org, inviter=inviter, kind=kind)
            self.keys[row.pk] = make_key(row)[0]
            self.custodians.append(row)

    def rehearse(self, count: int = 3) -> None:
        """Let the first `count` of them open what waits."""
        for row in self.custodians[:count]:
            waiting = Rehearsal.objects.filter(key__custodian=row, answered_at=None)
            for one in waiting.select_related("key", "key__custodian"):
                services.answer_rehearsal(one, answer_of(self.keys[row.pk], one), actor=row.person)
