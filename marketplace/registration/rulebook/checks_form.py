"""Checks of dates, codes and papers of the form."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from marketplace.registration.rulebook.case import Answer, Case, check
from marketplace.registration.rulebook.settings import EXPIRY_WARNING, setting_on

#: Codes of a plan source that mean that no government programme is behind the contract.
NO_PLAN = ("", "none", "NONE", "outside", "OUTSIDE")


@check("title_missing")
def _title_missing(case: Case) -> Answer:
    return not case.facts.title.strip()


@check("type_missing")
def _type_missing(case: Case) -> Answer:
    return not case.facts.contract_type


@check("not_signed")
def _not_signed(case: Case) -> Answer:
    return case.facts.signed_on is None


@check("signed_in_future")
def _signed_in_future(case: Case) -> Answer:
    return case.facts.signed_on is not None and case.facts.signed_on > case.today


@check("validity_missing")
def _validity_missing(case: Case) -> Answer:
    return case.facts.starts_on is None or case.facts.ends_on is None


@check("dates_reversed")
def _dates_reversed(case: Case) -> Answer:
    facts = case.facts
    return bool(facts.starts_on and facts.ends_on and facts.ends_on < facts.starts_on)


@check("signed_after_start")
def _signed_after_start(case: Case) -> Answer:
    facts = case.facts
    return bool(facts.starts_on and facts.signed_on and facts.signed_on > facts.starts_on)


@check("not_effective")
def _not_effective(case: Case) -> Answer:
    """The validity begins later, or the text makes the effect depend on something."""
    facts = case.facts
    if facts.starts_on and facts.starts_on > case.today and facts.signed_on:
        return _("有效期从 %(day)s 起") % {"day": facts.starts_on.isoformat()}
    return case.says(
        r"(?:经|待|自)[^，。；\n]{0,24}(?:批准|审批|核准|通过|拨付到位|到账)[^，。；\n]{0,6}(?:后|之日起?)(?:方可|才|方|始)?生效"
    )


def days_left(case_ends_on: date | None, today: date) -> int | None:
    """Days until the last day of validity, 0 on that day, negative after it; None when it is not known."""
    return (case_ends_on - today).days if case_ends_on else None


@check("expired")
def _expired(case: Case) -> Answer:
    left = days_left(case.facts.ends_on, case.today)
    return left is not None and left < 0


@check("expires_soon")
def _expires_soon(case: Case) -> Answer:
    left = days_left(case.facts.ends_on, case.today)
    limit = setting_on(EXPIRY_WARNING, case.today)
    if left is None or limit is None or not 0 <= left <= limit.value:
        return False
    return _("还剩 %(days)d 天") % {"days": left}


def _empty(name: str) -> Any:
    return lambda case: not getattr(case.facts, name)


check("field_missing")(_empty("field"))
check("industry_missing")(_empty("industry"))
check("aim_missing")(_empty("aim"))


@check("ip_missing")
def _ip_missing(case: Case) -> Answer:
    return not case.facts.ip_kinds


def _is_government(case: Case) -> bool:
    return case.facts.plan_source not in NO_PLAN


@check("government_papers")
def _government_papers(case: Case) -> Answer:
    return _is_government(case)


@check("programme_consent")
def _programme_consent(case: Case) -> Answer:
    return _is_government(case) and not case.mentions(
        r"(?:主管部门|下达单位|立项单位)[^，。；\n]{0,10}同意"
    )


@check("plan_number_missing")
def _plan_number_missing(case: Case) -> Answer:
    return _is_government(case) and not case.facts.plan_number.strip()


@check("document_date")
def _document_date(case: Case) -> Answer:
    """A date of the form that the text, which names dates, does not have."""
    if case.reading is None or not case.reading.dates:
        return False
    names = {
        "signed_on": _("签订日期"),
        "starts_on": _("起始日期"),
        "ends_on": _("终止日期"),
    }
    missing = []
    for name, label in names.items():
        day = getattr(case.facts, name)
        if day and day not in case.reading.dates:
            missing.append(f"{label} {day.isoformat()}")
    return missing


@check("document_blanks")
def _document_blanks(case: Case) -> Answer:
    count = case.reading.blanks if case.reading else 0
    return _("%(count)d 处") % {"count": count} if count else False
