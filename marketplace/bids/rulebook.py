"""What a bid says and how much of it there may be. No models, no clock.

The form of a bid is plain JSON, the same for a bid that is sealed in the browser, sealed on receipt, or hidden by
rights: `version`, `price` (fen), `scheme`, `team`, `answers` [{number, text}], `schedule` [{milestone, days}],
`lead_share` and `partners` [{name, share}] in basis points, which sum to 10,000. In a call in two steps `summary` stands
in place of the scheme, which comes after the shortlist (`openings.services.complete_bid`).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.exclusions.rulebook import plain
from marketplace.kernel.money import format_exact

FORM_VERSION = 1
#: Characters.
MOST_SCHEME, MOST_TEAM, MOST_ANSWER, MOST_NAME = 20_000, 3_000, 500, 80
#: Of the summary that a call in two steps asks for first.
MOST_SUMMARY = 2_000
#: Rows.
MOST_MILESTONES, MOST_PARTNERS = 20, 10
#: Organisations that hold or manage a bidder.
MOST_CONTROLLERS = 10
#: Characters of the line in which a partner names who is above it.
MOST_ABOVE = 500
#: Days after the signature.
MOST_DAYS = 3_650
#: Basis points: the whole of a joint bid.
WHOLE = 10_000
#: Files of a bid, the manifest not counted.
MOST_FILES = 20
#: Bytes that one bid may send; and what padding and tags may add to them.
MOST_BYTES = 200 * 1024 * 1024
MOST_STORED = MOST_BYTES + 4 * 1024 * 1024
#: Bytes that the server seals on receipt, and how many of such requests it takes at once.
MOST_PLAIN, PLAIN_AT_ONCE = 20 * 1024 * 1024, 2

#: The pledge of integrity by version. A version that was accepted once never changes.
PLEDGES: Mapping[int, Any] = {
    1: _(
        "本单位承诺：方案和附件真实；不与其他投标人、发榜方或评审人员串通；不请托、不打招呼；"
        "与同一标段的其他投标人不存在同一负责人，也没有控股或管理关系；没有被限制参加此类活动。"
    )
}
PLEDGE = max(PLEDGES)

Errors = dict[str, list[object]]


def form_errors(
    form: Mapping[str, Any],
    requirements: Sequence[Any],
    *,
    in_steps: bool = False,
    bars_kin: bool = False,
) -> Errors:
    """What is missing in a complete form; by field. `requirements` are those of the tender.

    `in_steps`: the call takes a summary first. `bars_kin`: each partner says who heads it.
    """
    errors: Errors = {}
    if in_steps and not form.get("summary"):
        errors["summary"] = [_("请写明方案摘要")]
    if not in_steps and not form.get("scheme"):
        errors["scheme"] = [_("请写明技术方案")]
    if form.get("price") is None:
        errors["price"] = [_("请填写报价")]
    if not form.get("team"):
        errors["team"] = [_("请介绍团队")]
    if not form.get("schedule"):
        errors["schedule"] = [_("请至少填写一个节点")]
    answers = {row["number"]: row["text"] for row in form.get("answers", [])}
    for row in requirements:
        if row.must and not answers.get(row.number):
            errors[f"answer_{row.number}"] = [
                _("请答复必须满足的指标：%(name)s") % {"name": row.name}
            ]
    if bars_kin and not all(row.get("head") for row in form.get("partners", [])):
        errors["partners"] = [_("请填写每个联合体成员的单位负责人")]
    errors |= share_errors(form)
    return errors


def share_errors(form: Mapping[str, Any]) -> Errors:
    """The shares of a joint bid sum to the whole; alone, the lead has all of it."""
    partners = form.get("partners", [])
    shares = [form.get("lead_share") or 0, *(row["share"] for row in partners)]
    if sum(shares) != WHOLE or (partners and min(shares) <= 0):
        return {"lead_share": [_("牵头单位和各联合体成员的份额之和须为 100%，每个份额大于 0")]}
    return {}


def partners_of(form: Mapping[str, Any]) -> list[str]:
    """The names of the partners of a joint bid."""
    return [str(row.get("name", "")) for row in form.get("partners", [])]


def price_words(fen: int | None) -> str:
    """A price to the fen: what is compared is never rounded."""
    return format_exact(fen)


def percent(basis_points: int) -> str:
    """A share of a joint bid in words; 10,000 basis points are the whole."""
    return f"{Decimal(basis_points) / 100:f}%"


def empty_form() -> dict[str, Any]:
    """The form of a bid in which nothing was said yet."""
    return {
        "version": FORM_VERSION,
        "price": None,
        "scheme": "",
        "team": "",
        "answers": [],
        "schedule": [],
        "lead_share": WHOLE,
        "partners": [],
    }


#: What stands between names in one line.
_BETWEEN = re.compile(r"[、，,;；\n]+")


@dataclass(frozen=True)
class Kin:
    """What a bidder said of itself: its name, its head, and the organisations that hold or manage it."""

    name: str
    head: str
    controllers: tuple[str, ...] = ()


def partner_kin(partners: Sequence[Mapping[str, Any]]) -> list[Kin]:
    """What the form of a bid says of its partners, in the same shape."""
    return [
        Kin(
            row["name"].strip(),
            row.get("head", "").strip(),
            tuple(
                filter(None, (one.strip() for one in _BETWEEN.split(row.get("controllers", ""))))
            ),
        )
        for row in partners
    ]


def kinship(one: Kin, other: Kin) -> tuple[Any, bool] | None:
    """Why two bidders of a lot may not both bid, and whether it is certain (条例第三十四条); None where nothing shows.

    The same organisation above both, or one above the other, is certain. Two heads of one name may be two people.
    """
    above, others = {plain(x) for x in one.controllers}, {plain(x) for x in other.controllers}
    if plain(one.name) in others or plain(other.name) in above:
        return _("一方控股或管理另一方"), True
    if above & others:
        return _("由同一单位控股或管理"), True
    if one.head and plain(one.head) == plain(other.head):
        return _("单位负责人同名"), False
    return None
