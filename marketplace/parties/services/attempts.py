"""How often passwords may be tried and codes asked for: first by the pair of network and account.

A stranger who tries an account uses up the pair and stops there; the account stays open to its
owner. The wide limits stand against many networks on one account, and many accounts from one network.
A device on which the account has signed in before is counted for itself alone.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import TooMany
from marketplace.web import throttle

USE_A_CODE = _("尝试次数过多，请稍后再试，或改用验证码登录")
#: Wrong passwords: for a pair, for an account from all unknown devices, for a network.
PAIR, ACCOUNT, NETWORK = "10/10m", "100/1h", "60/10m"
#: Codes sent: the same three. Lower, because messages cost money and can be used to annoy a person.
CODE_PAIR, CODE_ACCOUNT, CODE_NETWORK = "5/10m", "30/1h", "60/10m"


@dataclass(frozen=True)
class Counted:
    """One counted attempt: scope, subject and rate of each limit."""

    limits: tuple[tuple[str, str, str], ...]


def count_password(*, contact: str, network: str, device: str) -> Counted:
    """Count an attempt before the password is checked. Raises TooMany."""
    try:
        return _count("password", (PAIR, ACCOUNT, NETWORK), contact, network, device)
    except TooMany as error:
        raise TooMany(error.retry_after, USE_A_CODE) from error


def count_code(*, contact: str, network: str, device: str) -> Counted:
    """Count a request for a code. Raises TooMany."""
    return _count("code", (CODE_PAIR, CODE_ACCOUNT, CODE_NETWORK), contact, network, device)


def uncount(counted: Counted) -> None:
    """The password was correct: take the attempt back."""
    for limit in counted.limits:
        throttle.give_back(*limit)


def forget_passwords(*contacts: str) -> None:
    """A new password is set: earlier attempts no longer count for the account."""
    for contact in contacts:
        throttle.forget("password-account", contact, ACCOUNT)


def _count(
    act: str, rates: tuple[str, str, str], contact: str, network: str, device: str
) -> Counted:
    pair, account, wide = rates
    if device:
        limits = [(f"{act}-device", f"{device} {contact}", pair)]
    else:
        limits = [
            (f"{act}-pair", f"{network} {contact}", pair),
            (f"{act}-network", network, wide),
            (f"{act}-account", contact, account),
        ]
    taken: list[tuple[str, str, str]] = []
    for limit in limits:
        try:
            throttle.spend(*limit)
        except TooMany:
            # A refused attempt has not checked a password, so it is not counted.
            uncount(Counted(tuple(taken)))
            raise
        taken.append(limit)
    return Counted(tuple(taken))
