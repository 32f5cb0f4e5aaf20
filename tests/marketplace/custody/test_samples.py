"""Sample custodians: keys under public words, for samples alone, and gone with the samples."""

import pytest

from marketplace.custody import queries, samples, sealing
from marketplace.custody.models import Custodian, CustodianKey, Rehearsal
from marketplace.custody.services.samples import (
    WORDS,
    make_sample_key,
    sample_private_key,
)
from marketplace.kernel import clock
from marketplace.parties import samples as parties
from tests.cast import Cast
from tests.factories.custody import make_custodian

pytestmark = pytest.mark.django_db


def _nothing(_name: str, _done: int, _total: int) -> None:
    pass


def test_samples_load_once_and_go() -> None:
    parties.load(_nothing)
    samples.load(_nothing)
    samples.load(_nothing)
    rows = Custodian.objects.order_by("kind")
    assert [(row.kind, row.person.email) for row in rows] == [
        ("legal", "custodian@sample.example"),
        ("other", "keys@sample.example"),
        ("purchaser", "approver@sample.example"),
    ]
    assert queries.ready([row.pk for row in rows], clock.now()) == []
    for key in CustodianKey.objects.all():
        private = sealing.unwrap_key(key.record, WORDS)
        assert sealing.key_id(sealing.public_bytes(private)) == key.key
    assert samples.remove() == ({"rehearsals": 3, "keys": 3, "custodians": 3}, [])
    assert not Rehearsal.objects.exists()


def test_no_key_is_made_at_the_server_for_a_real_custodian(cast: Cast) -> None:
    row = make_custodian(cast.university, cast.university_member, inviter=cast.operator)
    with pytest.raises(ValueError, match="never reach the server"):
        make_sample_key(row, WORDS, actor=cast.university_member)
    assert not CustodianKey.objects.exists()
    with pytest.raises(ValueError, match="never reach the server"):
        sample_private_key(row)
