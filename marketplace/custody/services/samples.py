"""Keys of sample custodians, made by the server under words that everybody may read; and their removal."""

from collections.abc import Iterable

from django.db import transaction

from cryptography.hazmat.primitives.asymmetric import ec

from marketplace.custody import sealing
from marketplace.custody.models import Custodian, CustodianKey, Rehearsal
from marketplace.custody.services.keys import answer_rehearsal, keep_key
from marketplace.parties.models import Organization, User

#: The words of all sample keys. They stand in docs/sample-accounts.md too, and open nothing real.
WORDS = "shi li bao guan ren kou ling mei you yong chu"


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


def sample_keepers(purchaser: Organization) -> list[Custodian]:
    """The sample custodians whom a sample purchaser can name: its own one first, then the other institutions."""
    rows = Custodian.objects.filter(is_sample=True).select_related("organization", "person")
    return [
        *rows.filter(organization=purchaser, kind=Custodian.Kind.PURCHASER).order_by("pk"),
        *rows.exclude(kind=Custodian.Kind.PURCHASER).order_by("pk"),
    ]


def answer_sample_rehearsals(custodians: Iterable[Custodian]) -> None:
    """Let sample custodians open the test boxes that wait for them. Raises ValueError for who is no sample."""
    for one in custodians:
        for row in Rehearsal.objects.filter(
            key__custodian=one, key__retired_at=None, answered_at=None
        ).select_related("key"):
            private = sample_private_key(one)
            secret = sealing.open_box(private, "rehearsal", row.test, one.code, row.test["box"])
            answer_rehearsal(row, sealing.sha256(secret), actor=one.person)


def sample_private_key(custodian: Custodian) -> ec.EllipticCurvePrivateKey:
    """The private key of a sample custodian, whose words everybody may read. Raises ValueError for who is no sample."""
    if not (custodian.is_sample and custodian.person.is_sample):
        raise ValueError("the words of a real custodian never reach the server")
    return sealing.unwrap_key(custodian.keys.get(retired_at=None).record, WORDS)


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
