"""Amounts of the register against what was reviewed: no single person enters a large one."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.journal.versions import version_of
from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput, Refused
from marketplace.kernel.money import FEN_PER_WAN, in_wan
from marketplace.registration import events
from marketplace.registration.models import Filing
from marketplace.registration.policies import represented
from marketplace.registration.queries.form import total_said
from marketplace.registration.rulebook.settings import SECOND_REVIEW_FROM, setting_on


def reviewed_total(filing: Filing) -> int | None:
    """The 成交额 in fen of the form that was submitted and reviewed; an amendment since then does not count."""
    form = version_of(events.FILING, filing.pk, filing.submitted_rev)
    said = total_said(form) if form is not None else ""
    if not said:
        return filing.contract.amount_total_fen
    return int(Decimal(said) * FEN_PER_WAN)


def refuse_above_review(filing: Filing) -> None:
    """More than was reviewed is not registered: it would pass by the second review. Raises InvalidInput at `total`."""
    reviewed, total = reviewed_total(filing), filing.recognised_total_fen
    if reviewed is None or total is None or total <= reviewed:
        return
    text = _(
        "成交额 %(total)s 万元高于审核时的 %(reviewed)s 万元，不能直接登记："
        "请先按审核的金额登记，再由另一名登记员办理变更、重新审核"
    )
    said = {"total": in_wan(total), "reviewed": in_wan(reviewed)}
    raise InvalidInput({"total": [text % said]})


def refuse_alone(filing: Filing, actor: Any) -> None:
    """An amount that needs a second review is changed by another registrar than the one who registered.

    Filings from the official register alone were reviewed by nobody here and follow the register.
    Raises Refused.
    """
    limit = setting_on(SECOND_REVIEW_FROM, clock.today())
    if filing.first_by_id is None or limit is None:
        return
    if (filing.recognised_total_fen or 0) < limit.value:
        return
    holder = represented(actor, filing.district)
    acting = {actor.pk} if holder is None else {actor.pk, holder.pk}
    row = filing.decisions.filter(act="register").order_by("-id").first()
    registered = {filing.registered_by_id, row.deputy_of_id if row is not None else None}
    if acting & registered:
        raise Refused(_("变更后的金额达到复审标准，须由办理登记以外的另一名登记员变更"))
