"""Who bound one side of a contract is known to the evaluation as no judge of the other."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from marketplace.evaluation.models import Relation
from marketplace.evaluation.queries.conflicts import Side, conflicts_of
from marketplace.kernel import clock
from tests.cast import Cast
from tests.factories.deals import make_contract, sign

pytestmark = pytest.mark.django_db


def test_a_signature_ties_each_side_to_the_other_for_three_years(
    cast: Cast, drain: Callable[[], int]
) -> None:
    contract = make_contract(
        cast.university,
        cast.university_admin,
        cast.enterprise,
        buyer_actor=cast.approver,
        state="confirmed",
    )
    sign(contract, cast.university_admin)
    drain()
    drain()
    found = Relation.objects.order_by("id").values_list("person", "organization", "source")
    assert set(found) == {
        (cast.university_admin.pk, cast.enterprise.pk, contract.code),
        (cast.approver.pk, cast.university.pk, contract.code),
    }
    bidder, person = Side(cast.enterprise.name, cast.enterprise.pk), cast.university_admin.pk
    now = clock.now()
    assert person in conflicts_of([person], [bidder], [], now)
    assert conflicts_of([person], [bidder], [], now + timedelta(days=3 * 365 + 2)) == {}
