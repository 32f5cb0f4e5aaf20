"""Drafts of a contract as files, made anew from its record each time: nothing is stored."""

from django.core.files.uploadedfile import SimpleUploadedFile

from marketplace.deals.models import Contract
from marketplace.deals.queries import official_facts
from marketplace.deals.rulebook import pdf
from marketplace.deals.rulebook.currencies import units
from marketplace.deals.rulebook.drafting import (
    Draft,
    DraftAmount,
    DraftFacts,
    DraftIndicator,
    DraftParty,
    DraftStep,
    draft_of,
    missing,
)
from marketplace.deals.rulebook.drawing import docx_of, html_of
from marketplace.deals.rulebook.facts import OfficialFacts, PartyFacts
from marketplace.deals.workflow import Book
from marketplace.taxonomy.queries import label_in

#: Contracts are written in this language, whatever the reader's is.
_LANGUAGE = "zh-hans"
_TYPES_OF_THEIR_OWN = frozenset({"FW-P", "FW-Z"})
#: The sub-type says no more than the kind for these.
_PLAIN = frozenset({"ZX", "FW", *_TYPES_OF_THEIR_OWN})
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"


def draft_facts(contract: Contract) -> DraftFacts:
    """Return what a draft says: the fields of the registration form, and the milestones.

    A contract without a type is FW.
    """
    facts = official_facts(contract)
    kind = facts.contract_type if facts.contract_type in _TYPES_OF_THEIR_OWN else facts.kind
    parties = (*facts.buyers, *facts.sellers, *facts.brokers)
    return DraftFacts(
        code=facts.code,
        title=facts.title,
        kind=kind or "FW",
        type_name=""
        if facts.contract_type in _PLAIN
        else _name("contract_type", facts.contract_type),
        is_joint=facts.contract_type == "KF2",
        parties=tuple(map(_party, parties)),
        amount_total_fen=facts.amount_total_fen,
        amount_technical_fen=facts.amount_technical_fen,
        is_estimate=facts.amount_is_estimate,
        currency=facts.currency,
        foreign_text=_foreign(facts),
        payment_mode=facts.payment_mode,
        payment_name=_name("payment_mode", facts.payment_mode),
        entry_fee_fen=facts.entry_fee_fen,
        royalty_text=_royalty(facts),
        deposit_text=facts.deposit_text,
        deductions=tuple(
            DraftAmount(_name("deduction_kind", row.kind), row.amount_fen, note=row.note)
            for row in facts.deductions
        ),
        instalments=tuple(
            DraftAmount(row.what, row.amount_fen, row.due_on) for row in facts.instalments
        ),
        milestones=tuple(DraftStep(row.what, row.due_on) for row in contract.milestones.all()),
        starts_on=facts.starts_on,
        ends_on=facts.ends_on,
        place=facts.place,
        subject=facts.subject_text,
        indicators=tuple(DraftIndicator(*row) for row in facts.acceptance),
        ip_names=tuple(_name("ip_kind", code) for code in facts.ip_kinds),
        ip_numbers=facts.ip_numbers,
        is_sample=facts.book == Book.SAMPLE,
    )


def draft(contract: Contract) -> Draft:
    """Return the draft as blocks, for the page that is printed."""
    return draft_of(draft_facts(contract))


def left_blank(contract: Contract) -> tuple[str, ...]:
    """Name what the draft of this contract leaves blank."""
    return missing(draft_facts(contract))


def draft_docx(contract: Contract) -> bytes:
    """Return the draft as a DOCX file."""
    return docx_of(draft(contract))


def final_text(contract: Contract) -> SimpleUploadedFile:
    """Return the text of the record as the next final text: a DOCX that is no longer marked as a draft."""
    made = draft_of(draft_facts(contract), final=contract.texts.count() + 1)
    return SimpleUploadedFile(f"{contract.code}.docx", docx_of(made), content_type=DOCX)


def draft_pdf(contract: Contract) -> bytes:
    """Return the draft as a PDF. Raises ChildFailed; ask `can_print` before."""
    return pdf.pdf_of(html_of(draft(contract)))


def can_print() -> bool:
    """Whether this machine can make a PDF."""
    return pdf.can_print()


def _name(scheme: str, code: str) -> str:
    return label_in(scheme, code, _LANGUAGE) if code else ""


def _party(row: PartyFacts) -> DraftParty:
    return DraftParty(
        side=row.side,
        name=row.name,
        identity=row.identity,
        is_person=row.is_person,
        legal_head=row.legal_head,
        contact_name=row.contact_name,
        contact_phone=row.contact_phone,
        share_bp=row.share_bp,
    )


def _foreign(facts: OfficialFacts) -> str:
    if facts.currency == "CNY" or facts.foreign_amount is None:
        return ""
    amount = f"{units(facts.foreign_amount, facts.currency):,f}"
    text = f"合同以{facts.currency}计价：{facts.currency} {amount}"
    if facts.rate_text and facts.rate_on:
        day = f"{facts.rate_on.year}年{facts.rate_on.month}月{facts.rate_on.day}日"
        text += f"，按{day}汇率 1 {facts.currency} = {facts.rate_text} 元折算"
    return f"{text}。"


def _royalty(facts: OfficialFacts) -> str:
    if not facts.payment_mode.startswith("royalty"):
        return ""
    base = _name("royalty_base", facts.royalty_base)
    return "，".join(
        part for part in (f"以{base}为基数" if base else "", facts.royalty_note) if part
    )
