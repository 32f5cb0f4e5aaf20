"""The sample opening goes from draft to opened bids by the services, and leaves without a trace."""

from typing import Any

import pytest

from marketplace.bids import samples as bid_samples
from marketplace.bids.models import Bid
from marketplace.openings import queries, samples
from marketplace.openings.models import OpenedBid, Opening
from marketplace.parties.models import Organization
from marketplace.parties.services.samples import create_sample_user
from marketplace.tenders import samples as tender_samples
from marketplace.tenders.services.samples import OPERATOR
from marketplace.web.samples import read
from tests.factories.needs import make_need
from tests.factories.parties import OrganizationFactory

pytestmark = pytest.mark.django_db


def test_the_sample_is_opened_and_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    # The sealed one has custodians of its own samples; test_sample_thread loads it with them.
    rows = [row for row in read("openings") if not row.get("sealed")]
    made: dict[str, Organization] = {}
    for row in rows:
        for key in (row["owner"], *(one["by"] for one in row["bids"])):
            if key not in made:
                made[key] = OrganizationFactory(name=f"示例{key}", is_sample=True)
                create_sample_user(
                    f"{key}@sample.example",
                    name="示例",
                    password=None,
                    org=made[key],
                    org_role="org_admin",
                )
        owner = made[row["owner"]]
        need = make_need(owner, owner.members.get(), state="published", title=row["need"])
        type(need).objects.filter(pk=need.pk).update(is_sample=True)
    create_sample_user(OPERATOR, name="示例运营", password=None, roles=["operator"])
    monkeypatch.setattr(samples, "sample_organizations", lambda _rows: made)
    monkeypatch.setattr(samples, "read", lambda name: rows if name == "openings" else [])
    progress: list[Any] = []
    samples.load(lambda *said: progress.append(said))
    samples.load(lambda *said: progress.append(said))
    assert progress == [("openings", len(rows), len(rows))] * 2
    opening = Opening.objects.get()
    lot = opening.tender.lots.get()
    assert (opening.status, lot.stage, opening.is_sample) == ("opened", "opened", True)
    assert sorted(one.price for one in queries.opened_in(lot)) == [48_000_000, 56_000_000]
    for shelf in (samples, bid_samples, tender_samples):
        _gone, kept = shelf.remove()
        assert kept == []
    left = (Opening.objects.count(), OpenedBid.objects.count(), Bid.objects.count())
    assert left == (0, 0, 0)
