"""One cell 联系方式 with a name, a number and an address in it, as archives have it."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from marketplace.listings.imports.cells import CellError
from marketplace.listings.rulebook import Spotted, contacts_in, evenly_spaced

_LABELS = re.compile(
    r"(?:联系人|姓名|联系方式|联系电话|办公电话|电话|手机号码|手机号|手机|电子邮箱|电子邮件|邮箱"
    r"|微信同号|微信号?|qq号?|e-?mail|tel|mobile|phone)\s*[:.]?",
    re.IGNORECASE,
)
#: Characters of the cell: names, numbers and addresses of several people at most.
MOST = 500
_BETWEEN = re.compile(r"[\s、,;/|()<>:]+")
_DIGITS = re.compile(r"\+?\d[\d -]{4,}\d")


@dataclass(frozen=True)
class Reached:
    """What the cell says; `left` is what a listing has no place for, such as a second number."""

    name: str = ""
    phone: str = ""
    email: str = ""
    left: tuple[str, ...] = ()


def read_contact(text: str) -> Reached:
    """The first number, the first address and the name of a cell.

    Raises CellError for digits that are no number one could call.
    """
    if len(text) > MOST:
        raise CellError(_("联系方式最多 %(most)d 字") % {"most": MOST})
    plain = evenly_spaced(text)
    spotted = contacts_in(plain)
    phones = [one.text for one in spotted if _is_number(one)]
    emails = [one.text for one in spotted if "@" in one.text]
    rest = plain
    for one in spotted:
        rest = rest.replace(one.text, " ")
    if not phones and (digits := _DIGITS.search(rest)):
        phones, rest = [digits[0]], rest.replace(digits[0], " ")
    if not (phones or emails) and re.search(r"\d", rest):
        raise CellError(_("没有找到能拨打的电话或邮箱，座机请带区号，如 0539-8100000"))
    names = [part.strip("-. ") for part in _BETWEEN.split(_LABELS.sub(" ", rest))]
    names = [part for part in names if part]
    used = {*phones[:1], *emails[:1]}
    left = tuple(one.text for one in spotted if one.text not in used)
    return Reached(names[0] if names else "", next(iter(phones), ""), next(iter(emails), ""), left)


def _is_number(one: Spotted) -> bool:
    return one.text.lstrip("+(")[:1].isdigit() and "@" not in one.text
