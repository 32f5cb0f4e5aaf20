"""The official registration number (合同登记编号): read and checked, never made here.

14 digits: year (2), province (2), city (2), registration point (2), serial (6), from a note of the model
contracts. 16 digits: instructions of the form, taken as the same with a year of four digits (not verified).
"""

import re
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from marketplace.kernel.numerals import ascii_signs
from marketplace.registration.rulebook.settings import CITY

#: 山东, the first two digits of its division codes.
PROVINCE = "37"
_DIGITS = re.compile(r"^[0-9]+\Z")
#: The register began in 1984; a number of an earlier year is a typing error.
_FIRST_YEAR = 1984


class BadNumber(ValueError):
    """A text that is no official number. The message tells the user why."""


@dataclass(frozen=True)
class OfficialNumber:
    """The parts of a number."""

    digits: str
    year: int
    province: str
    city: str
    point: str
    serial: str


def read_number(text: str) -> OfficialNumber:
    """Read a number; full-width digits and spaces between groups are accepted. Raises BadNumber."""
    digits = re.sub(r"\s", "", ascii_signs(text))
    if not digits:
        raise BadNumber(_("请填写官方登记编号"))
    if not _DIGITS.match(digits):
        raise BadNumber(_("官方登记编号只能是数字"))
    if len(digits) not in (14, 16):
        raise BadNumber(
            _("官方登记编号应为 14 位或 16 位数字，现在是 %(n)s 位") % {"n": str(len(digits))}
        )
    year_length = len(digits) - 12
    year, rest = digits[:year_length], digits[year_length:]
    full = int(year) if year_length == 4 else _century(int(year))
    number = OfficialNumber(digits, full, rest[:2], rest[2:4], rest[4:6], rest[6:])
    if full < _FIRST_YEAR:
        raise BadNumber(_("编号开头的年份不正确"))
    if number.serial == "000000":
        raise BadNumber(_("编号末六位流水号不能全为零"))
    return number


def _century(year: int) -> int:
    return 1900 + year if year >= _FIRST_YEAR % 100 else 2000 + year


def check_number(text: str, *, registered_on: date, elsewhere: bool = False) -> OfficialNumber:
    """Read a number and hold it against the day of registration. Raises BadNumber.

    Its year is that of the registration or, for a filing that waited over New Year, the one before.
    Contracts registered here or by the province have the province's code; what was registered elsewhere
    cannot have a number of this city, which only a registrar enters.
    """
    number = read_number(text)
    if number.year not in (registered_on.year, registered_on.year - 1):
        raise BadNumber(_("编号中的年份是 %(year)s，与登记日期不符") % {"year": str(number.year)})
    if elsewhere and number.province + number.city == CITY:
        raise BadNumber(_("这是本市的登记编号，不能作为外地登记填报；请由本市登记员录入"))
    if not elsewhere and number.province != PROVINCE:
        raise BadNumber(_("编号中的省份代码是 %(code)s，本省为 37") % {"code": number.province})
    return number


def shown(digits: str) -> str:
    """The number in its groups, for reading; copied text keeps only the digits."""
    year_length = len(digits) - 12
    if year_length not in (2, 4):
        return digits
    rest = digits[year_length:]
    return " ".join((digits[:year_length], rest[:2], rest[2:4], rest[4:6], rest[6:]))
