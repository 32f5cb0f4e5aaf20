"""The rulebooks by effective date: which rules hold for a contract, and on what each rests.

A rule is in a book when the book names its basis. A rule whose basis is not verified only warns.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.registration.rulebook.rule import Rule
from marketplace.registration.rulebook.rules import RULES


@dataclass(frozen=True)
class Rulebook:
    """A rulebook for contracts signed in the half-open period from `since` to `until`."""

    version: str
    title: Any
    note: Any
    since: date | None = None
    until: date | None = None
    rules: Mapping[str, Rule] = field(default_factory=dict)


#: The measures of 2026 took effect on this day. Source: a law firm's page and a news page; the official
#: text was not found.
EFFECTIVE_2026 = date(2026, 3, 1)


#: All rulebooks, oldest first.
RULEBOOKS = (
    Rulebook(
        "2001",
        _("《技术合同认定规则》（国科发政字〔2001〕253号）"),
        _("适用于 2026 年 3 月 1 日前签订的合同。"),
        until=EFFECTIVE_2026,
        rules={rule.code: rule for rule in RULES if rule.old},
    ),
    Rulebook(
        "2026",
        _("《技术合同认定登记管理办法》及其附件《技术合同认定登记规则》（2026 年）"),
        _(
            "适用于 2026 年 3 月 1 日起签订的合同。施行日期和部分条文依据公开转载文本，正式文本尚未核对：条文未核实的检查项只作提示。"
        ),
        since=EFFECTIVE_2026,
        rules={rule.code: rule for rule in RULES if rule.new},
    ),
)


def book_for(signed_on: date | None, today: date) -> Rulebook:
    """The rulebook for a contract: by the day it was signed, for an unsigned one by today."""
    day = signed_on or today
    for book in RULEBOOKS:
        if (book.since is None or book.since <= day) and (book.until is None or day < book.until):
            return book
    raise LookupError(day)
