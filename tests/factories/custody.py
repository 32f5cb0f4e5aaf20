"""Custodians with keys, made by the services that people use; the words are the same for all."""

from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from marketplace.custody import sealing, services
from marketplace.custody.models import Custodian, CustodianKey, Rehearsal
from marketplace.parties.models import Organization, User
from tests.factories.parties import make_member

WORDS = "ce shi kou ling zhi you ce shi yong"


def new_record(words: str = WORDS) -> tuple[ec.EllipticCurvePrivateKey, dict[str, Any]]:
    """A key pair, and the record that a page would make of it."""
    private = ec.generate_private_key(ec.SECP256R1())
    return private, sealing.wrap_key(private, words)


def make_custodian(
    org: Organization,
    person: User | None = None,
    *,
    inviter: User,
    kind: str = "legal",
    state: str = "active",
) -> Custodian:
    """A custodian of an organisation in a state; without a key."""
    person = person or make_member(org)
    row = services.invite_custodian(org, person, kind, actor=inviter)
    if state == "invited":
        return row
    if state == "declined":
        return services.decline_invitation(row, actor=person)
    row = services.accept_invitation(row, actor=person)
    if state == "retired":
        row = services.retire_custodian(row, reason="调离岗位", actor=person)
    return row


def make_key(
    custodian: Custodian, *, rehearsed: bool = True
) -> tuple[ec.EllipticCurvePrivateKey, CustodianKey, Rehearsal]:
    """A key of a custodian in office, with its first rehearsal."""
    private, record = new_record()
    key, rehearsal = services.keep_key(custodian, record, actor=custodian.person)
    if rehearsed:
        answer = answer_of(private, rehearsal)
        rehearsal = services.answer_rehearsal(rehearsal, answer, actor=custodian.person)
    return private, key, rehearsal


def answer_of(private: ec.EllipticCurvePrivateKey, rehearsal: Rehearsal) -> str:
    """What the page of the custodian would send."""
    test, holder = rehearsal.test, rehearsal.key.custodian.code
    return sealing.sha256(sealing.open_box(private, "rehearsal", test, holder, test["box"]))
