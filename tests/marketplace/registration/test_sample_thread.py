"""The sample of the golden thread: returned once, registered, and stopped by nothing but an unknown year."""

from typing import Any

import pytest

from marketplace.kernel.errors import Refused
from marketplace.parties.models import User
from marketplace.registration.models import Filing
from marketplace.registration.services import filing as services
from marketplace.registration.services import sample_thread
from marketplace.registration.services.samples import REGISTRAR
from marketplace.taxonomy.queries import UnknownYear
from marketplace.web import samples
from tests.factories.registration import know_next_year

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_index")]


@pytest.fixture
def registrar() -> Any:
    """The sample registrar, beside all samples that the thread stands on."""
    know_next_year()
    for declared in samples.declared():
        if declared.what != "registrations":
            declared.load(lambda *_: None)
    return User.objects.get(email=REGISTRAR)


def test_it_is_registered(registrar: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    contract = sample_thread.golden_contract()
    assert contract is not None
    assert (contract.amount_total_fen, contract.book) == (86_000_000, "sample")

    def refused(error: Refused) -> None:
        def accept(*_: Any, **__: Any) -> None:
            raise error

        monkeypatch.setattr(services, "accept", accept)

    # A site whose operator has not entered the next year: the filing waits, as a real one would.
    refused(UnknownYear("节假日安排尚未录入"))
    filing = sample_thread.register_golden(registrar)
    assert filing is not None
    assert filing.status == "submitted"
    filing.delete()
    refused(Refused("样例有误"))
    with pytest.raises(Refused, match="样例有误"):
        sample_thread.register_golden(registrar)
    Filing.objects.filter(contract=contract).delete()
    monkeypatch.undo()

    filing = sample_thread.register_golden(registrar)
    assert filing is not None
    assert (filing.status, filing.recognised_total_fen) == ("registered", 86_000_000)
    assert (filing.rounds, filing.book) == (2, "sample")
    acts = list(filing.decisions.order_by("id").values_list("act", flat=True))
    assert acts == [
        *("submit", "return", "resubmit", "accept", "pass_first", "approve"),
        *("record_filed", "register"),
    ]
    assert sample_thread.register_golden(registrar) is None
