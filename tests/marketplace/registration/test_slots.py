"""What registrations show on pages of listings: to the members of the parties, nobody else."""

import pytest

from marketplace.deals.models import Contract
from marketplace.registration.slice import SLICE
from marketplace.registration.workflow import FilingStatus
from tests.cast import Cast
from tests.factories.needs import make_need
from tests.factories.registration import make_filing, signed_contract

pytestmark = pytest.mark.django_db
OF_A_PARTY = {"member", "approver", "org_admin", "university_admin", "university_member"}


def test_a_registered_contract_shows_on_its_need_to_both_parties_alone(cast: Cast) -> None:
    [badge] = [row for row in SLICE.slots if row.template == "registration/slot_badge.html"]
    need = make_need(cast.enterprise, cast.member, state="published")
    contract = signed_contract(cast)
    Contract.objects.filter(pk=contract.pk).update(need=need)
    for name, person in cast.people():
        assert list(badge.answers(person, [need])) == [None], name
    make_filing(cast, FilingStatus.REGISTERED, contract=contract)
    for name, person in cast.people():
        shown = list(badge.answers(person, [need]))
        assert shown == ([{}] if name in OF_A_PARTY else [None]), name
