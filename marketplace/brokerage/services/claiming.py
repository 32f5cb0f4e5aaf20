"""What a broker names of a meeting, as a claim: the codes of the listing and of the other party are looked up."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.brokerage.services.introductions import Claim, Party
from marketplace.kernel.codes import is_valid_code
from marketplace.kernel.errors import InvalidInput
from marketplace.listings.kind import kinds
from marketplace.parties import queries as parties
from marketplace.parties.rulebook import UnfitCode, normalize_uscc


def claim_of_meeting(values: Mapping[str, Any], *, actor: Any) -> Claim:
    """The claim that `listing`, `other`, `name`, `happened_at` and `note` of a form name.

    Raises InvalidInput at `listing`, `other` or `name`.
    """
    code = values["listing"].upper()
    kind = next((one for one in kinds() if code.startswith(one.prefix)), None)
    listing = (
        kind.visible_to(actor).filter(code=code).first()
        if kind is not None and is_valid_code(code)
        else None
    )
    if kind is None or listing is None:
        raise InvalidInput({"listing": [_("没有找到这条信息，请核对编号")]})
    return Claim(
        (Party(listing.owner, hidden=listing.hide_owner), _other(values, actor)),
        kind,
        listing,
        "meeting",
        values["happened_at"],
        values["note"],
    )


def _other(values: Mapping[str, Any], actor: Any) -> Party:
    """The other party, by code or by credit code; it need not be on the platform."""
    typed = values["other"].upper()
    found = parties.visible_to(actor).filter(code=typed).first()
    if found is not None:
        return Party(found)
    try:
        uscc = normalize_uscc(typed)
    except UnfitCode as error:
        raise InvalidInput(
            {"other": [_("没有找到这个单位，请核对编号或统一社会信用代码")]}
        ) from error
    known = parties.organization_with_uscc(uscc)
    if known is not None and known.is_verified:
        return Party(known)
    if not values["name"]:
        raise InvalidInput({"name": [_("这个单位尚未入驻，请填写名称")]})
    return Party(uscc=uscc, name=values["name"])
