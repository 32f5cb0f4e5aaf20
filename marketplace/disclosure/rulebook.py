"""Limits of a grant, the hash of a text, the words of a stamp: pure functions."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.kernel.clock import SHANGHAI

#: Characters of the note of a request and of the reason of an answer.
MOST_NOTE = 1000
MOST_REASON = 500
#: A grant ends at most so many years after the day on which it is given.
MOST_YEARS = 3


@dataclass(frozen=True)
class Subject:
    """What is disclosed: a row of a slice above, as that slice describes it.

    `kind` is the name that files and journal use, such as `needs.need`. `text` is the confidential text,
    "" where there is none. `url` is its public page. `is_public`: the page can be read by anybody today.
    While the owner revises it, everything is as readers saw it before, and `files` has the codes of the files
    that they saw; None stands for all.
    """

    kind: str
    pk: int
    owner_id: int
    code: str
    title: str
    url: str
    text: str = ""
    hides_owner: bool = False
    is_public: bool = True
    is_draft: bool = False
    is_sample: bool = False
    files: frozenset[str] | None = None

    def discloses(self, file_code: str) -> bool:
        """Whether the restricted file of this code belongs to what readers see."""
        return self.files is None or file_code in self.files


def text_hash(version: int, *parts: str) -> str:
    """SHA-256 in hex over the version and the parts of a text (titles and bodies in both languages)."""
    return hashlib.sha256("\x1f".join([str(version), *parts]).encode()).hexdigest()


def last_day(today: date) -> date:
    """The last day on which a grant given today may end."""
    try:
        return today.replace(year=today.year + MOST_YEARS)
    except ValueError:  # 29 February
        return today.replace(year=today.year + MOST_YEARS, day=28)


def against_end(day: date | None, today: date) -> Any:
    """The reason against this last day of a grant, or ""."""
    if day is None:
        return _("请填写截止日期")
    if day < today:
        return _("截止日期不能早于今天")
    if day > last_day(today):
        return _("授权最长 %(years)d 年，到期后可以再次授权") % {"years": MOST_YEARS}
    return ""


def stamp_line(code: str, at: datetime) -> str:
    """What is printed on each page of a copy: the reader organisation's code and the time, in ASCII."""
    return f"{code}  {at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S} UTC+8"
