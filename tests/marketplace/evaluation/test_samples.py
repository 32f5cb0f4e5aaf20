"""Sample experts load once, are approved by the sample operator, and go with the samples."""

import pytest

from marketplace.evaluation import samples, services
from marketplace.evaluation.models import Expert
from marketplace.parties import samples as parties
from tests.cast import Cast
from tests.factories.evaluation import make_expert, make_opened

pytestmark = pytest.mark.django_db


def _nothing(_name: str, _done: int, _total: int) -> None:
    pass


def test_samples_load_once_and_go(cast: Cast) -> None:
    parties.load(_nothing)
    samples.load(_nothing)
    samples.load(_nothing)
    rows = Expert.objects.filter(is_sample=True)
    assert {row.status for row in rows} == {"approved"}
    assert len(rows) == 6
    # No sample sits in a real panel.
    for _number in range(3):
        make_expert(operator=cast.operator)
    lot = make_opened(
        cast.enterprise,
        cast.approver,
        [(cast.university, cast.university_admin)],
        operator=cast.operator,
    )
    panel = services.prepare_panel(lot, size=3, fields=[], actor=cast.operator)
    assert len(panel.pool) == 3
    assert not set(panel.pool) & set(rows.values_list("code", flat=True))
    assert samples.remove() == ({"panels": 0, "experts": 6}, [])
