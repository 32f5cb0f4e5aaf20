"""Keys of sample custodians, made by the server under words that everybody may read; and their removal."""

from django.db import transaction

from cryptography.hazmat.primitives.asymmetric import ec

from marketplace.custody import sealing
from marketplace.custody.models import Custodian, CustodianKey, Rehearsal
from marketplace.custody.services.keys import answer_rehearsal, keep_key
from marketplace.parties.models import User


@transaction.atomic
def make_sample_key(custodian: Custodian, words: str, *, actor: User) -> Rehearsal:
    """Make a key at the server and answer its rehearsal. Raises ValueError for who is no sample."""
    if not (custodian.is_sample and custodian.person.is_sample):
        raise ValueError("the words of a real custodian never reach the server")
    private = ec.generate_private_key(ec.SECP256R1())
    _key, rehearsal = keep_key(custodian, sealing.wrap_key(private, words), actor=actor)
    test = rehearsal.test
    secret = sealing.open_box(private, "rehearsal", test, custodian.code, test["box"])
    return answer_rehearsal(rehearsal, sealing.sha256(secret), actor=actor)


@transaction.atomic
def remove_samples() -> dict[str, int]:
    """Delete sample custodians with keys and rehearsals; how many of each."""
    rows = Custodian.objects.filter(is_sample=True)
    keys = CustodianKey.objects.filter(custodian__in=rows)
    return {
        "rehearsals": Rehearsal.objects.filter(key__in=keys).delete()[0],
        "keys": keys.delete()[0],
        "custodians": rows.delete()[0],
    }
