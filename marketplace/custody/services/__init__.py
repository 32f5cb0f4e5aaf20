"""Everything that changes custodians, keys and rehearsals."""

from marketplace.custody.services.appointing import (
    accept_invitation,
    decline_invitation,
    invite_custodian,
    make_move,
    retire_custodian,
)
from marketplace.custody.services.clock import tick
from marketplace.custody.services.keys import answer_rehearsal, ask_rehearsal, keep_key

__all__ = [
    "accept_invitation",
    "answer_rehearsal",
    "ask_rehearsal",
    "decline_invitation",
    "invite_custodian",
    "keep_key",
    "make_move",
    "retire_custodian",
    "tick",
]
