"""The sample result: awarded, public, with a drafted contract, and gone without a trace."""

import pytest

from marketplace.awards import samples
from marketplace.awards.models import Award, Result
from marketplace.deals.models import Contract
from marketplace.journal import services as journal
from marketplace.web.samples import declared
from tests.cast import Cast
from tests.factories.awards import make_round

pytestmark = pytest.mark.django_db


def test_a_sample_challenge_is_awarded_and_goes_again(cast: Cast) -> None:
    wanted = ("organisations and people", "needs")
    for one in declared():
        if one.what in wanted:
            one.load(lambda *_: None)
    samples.load(lambda *_: None)
    samples.load(lambda *_: None)
    row = Result.objects.get()
    assert (row.status, row.is_sample, row.lot.stage) == ("awarded", True, "awarded")
    award = Award.objects.get()
    assert award.entry.organization.name == "沂河新材料研究院"
    assert award.publicity is not None
    assert award.publicity.is_sample
    while journal.drain():
        pass
    contract = Contract.objects.get(award=award)
    assert (contract.book, contract.amount_total_fen) == ("sample", 260 * 1_000_000)
    kept = make_round(cast.enterprise, cast.approver, [(cast.university, cast.university_admin)])
    gone, stays = samples.remove()
    assert gone["results"] >= 1
    assert stays == []
    assert list(Result.objects.all()) == [kept.result]
