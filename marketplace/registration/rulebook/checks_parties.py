"""Checks of parties, names, seals and the comparison of the text with the form."""

import re

from django.utils.translation import gettext as _

from marketplace.parties.rulebook import UnfitCode, normalize_uscc
from marketplace.registration.rulebook.case import Answer, Case, check
from marketplace.registration.rulebook.facts import BUYER, HOME, SELLER, Party
from marketplace.registration.rulebook.reading import clean_name

#: The shares of joint parties of one side sum to this, in basis points.
WHOLE = 10_000
_DEPARTMENT = re.compile(
    r"(?:大学|学院|研究院|研究所|公司|医院).{0,16}(?:学院|系|实验室|课题组|项目组|科研处|研发部|研发中心|项目部|事业部|教研室|技术部)$"
)


def _names(parties: list[Party]) -> str:
    return "、".join(party.name or "—" for party in parties)


@check("party_missing")
def _party_missing(case: Case) -> Answer:
    sides = {SELLER: _("没有卖方"), BUYER: _("没有买方")}
    missing = [text for side, text in sides.items() if not case.facts.side(side)]
    if any(not party.name.strip() for party in case.facts.parties):
        missing.append(_("有当事人没有名称"))
    return missing


@check("party_twice")
def _party_twice(case: Case) -> Answer:
    sellers, buyers = case.facts.side(SELLER), case.facts.side(BUYER)
    return [
        seller.name
        for seller in sellers
        for buyer in buyers
        if (seller.identity and seller.identity == buyer.identity)
        or (
            seller.name
            and clean_name(seller.name) == clean_name(buyer.name)
            and not seller.is_person
        )
    ]


@check("identity_missing")
def _identity_missing(case: Case) -> Answer:
    return _names([row for row in case.facts.parties if not row.is_person and not row.identity])


def _is_wrong(code: str) -> bool:
    try:
        normalize_uscc(code)
    except UnfitCode:
        return True
    return False


@check("identity_invalid")
def _identity_invalid(case: Case) -> Answer:
    wrong = [
        row
        for row in case.facts.parties
        if row.identity and not row.is_person and row.country == HOME and _is_wrong(row.identity)
    ]
    return _names(wrong)


@check("nature_missing")
def _nature_missing(case: Case) -> Answer:
    rows = [row for row in case.facts.parties if row.side in {SELLER, BUYER}]
    return _names([row for row in rows if not row.nature and not row.is_person])


@check("district_missing")
def _district_missing(case: Case) -> Answer:
    rows = [row for row in case.facts.parties if row.side in {SELLER, BUYER}]
    return _names([row for row in rows if row.country == HOME and not row.district])


@check("country_missing")
def _country_missing(case: Case) -> Answer:
    return _names([row for row in case.facts.parties if not row.country])


@check("natural_person")
def _natural_person(case: Case) -> Answer:
    return _names([row for row in case.facts.parties if row.is_person])


@check("shares_off")
def _shares_off(case: Case) -> Answer:
    wrong = []
    for side, name in ((SELLER, _("卖方")), (BUYER, _("买方"))):
        rows = case.facts.side(side)
        if len(rows) > 1 and sum(row.share_bp or 0 for row in rows) != WHOLE:
            wrong.append(name)
    return wrong


@check("inner_department")
def _inner_department(case: Case) -> Answer:
    return _names(
        [row for row in case.facts.parties if not row.is_person and _DEPARTMENT.search(row.name)]
    )


def _same(one: str, other: str) -> bool:
    return clean_name(one) == clean_name(other)


@check("name_not_seal")
def _name_not_seal(case: Case) -> Answer:
    """A line to be sealed bears a name other than the one written for that role at the head."""
    if case.reading is None:
        return False
    written: dict[str, list[str]] = {}
    for role, name in case.reading.names:
        written.setdefault(role, []).append(name)
    found = []
    for role, name in case.reading.seals:
        heads = written.get(role) or [party.name for party in case.facts.parties]
        if not any(_same(name, head) for head in heads):
            found.append(
                _("%(role)s书写为“%(head)s”，签章处为“%(name)s”")
                % {"role": role, "head": heads[0] if heads else "—", "name": name}
            )
    return found


@check("seal_missing")
def _seal_missing(case: Case) -> Answer:
    """A contract that is signed lies here without seals, or its text has no place for one of the parties."""
    if case.facts.has_sealed_text is False and case.facts.signed_on:
        return _("没有上传各方签章的文本")
    if case.reading is None or case.facts.has_sealed_text or case.reading.is_foreign:
        return False
    # Each role that the head names needs a line to be sealed.
    sealed = {role for role, _name in case.reading.seals}
    by_name = {clean_name(name) for _role, name in case.reading.seals}
    heads = dict(case.reading.names)
    missing = [
        name
        for role, name in heads.items()
        if role not in sealed and clean_name(name) not in by_name
    ]
    if heads:
        return [_("%(name)s没有签章处") % {"name": name} for name in dict.fromkeys(missing)]
    return not case.reading.seals and bool(case.text.strip())


@check("related_parties")
def _related_parties(case: Case) -> Answer:
    return case.facts.is_related


@check("broker_unnamed")
def _broker_unnamed(case: Case) -> Answer:
    return "、".join(case.facts.unnamed_brokers)


@check("export_papers")
def _export_papers(case: Case) -> Answer:
    sides = [case.facts.side(side) for side in (SELLER, BUYER)]
    if not all(sides):
        return False
    foreign = [any(party.country not in {HOME, ""} for party in rows) for rows in sides]
    return foreign[0] != foreign[1] and not case.mentions(
        r"技术(?:进|出)口合同登记|技术(?:进|出)口许可"
    )


@check("document_name")
def _document_name(case: Case) -> Answer:
    """A party of the form whose name the text does not have at all."""
    if case.reading is None or not case.text.strip() or case.reading.is_foreign:
        return False
    plain = clean_name_of_text(case.text)
    return _names(
        [row for row in case.facts.parties if row.name and clean_name(row.name) not in plain]
    )


def clean_name_of_text(text: str) -> str:
    """A text without blanks and with brackets in one form, to look for names in it."""
    return "".join(text.split()).replace("(", "（").replace(")", "）")
