"""One contract: everything that is known of it, and what should happen next."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from marketplace.deals import queries
from marketplace.deals.forms.sections import SECTIONS
from marketplace.deals.models import Contract
from marketplace.deals.rulebook.capitals import in_capitals
from marketplace.deals.rulebook.currencies import NAMES, units
from marketplace.deals.services import drafts
from marketplace.deals.views.amending import amends
from marketplace.deals.views.shared import READ, VIEW, Request, contract_of
from marketplace.deals.workflow import CONTRACT, UNSIGNED, ContractStatus
from marketplace.journal.queries import history
from marketplace.kernel.money import MAX_FEN
from marketplace.web.signed_out import login_required
from marketplace.web.views import render_page

S = ContractStatus
#: The bar of steps. Signature and performance follow the confirmed text.
STEPS = (S.DRAFT, S.CONFIRMING, S.CONFIRMED, S.SIGNED, S.PERFORMING, S.PERFORMED)
_ENDED = frozenset({S.TERMINATED, S.CANCELLED})
#: Lines of the history that the page shows.
MOST_HISTORY = 50


@dataclass(frozen=True)
class Act:
    """Something that the reader may do next."""

    url: str
    label: Any
    is_main: bool = False
    is_danger: bool = False


@login_required
@require_safe
def show(request: Request, code: str) -> HttpResponse:
    """The page of a contract. The broker that it names sees title, parties, state and amount only."""
    contract = contract_of(request, code, view=VIEW)
    context = {
        "contract": contract,
        "steps": steps_of(contract),
        "parties": queries.parties_of(contract),
        "amounts": _amounts(contract),
        "is_sample": contract.book == "sample",
    }
    if not request.user.has_perm(READ, contract):
        return render_page(request, "deals/contract_brief.html", context)
    texts = queries.texts_of(contract)
    payments = list(contract.payments.select_related("instalment"))
    context |= {
        "next": _next(request.user, contract),
        "acts": acts_of(request.user, contract),
        "sections": SECTIONS,
        "edits": contract.status in UNSIGNED
        and request.user.has_perm("deals.edit_contract", contract),
        "confirms_origin": contract.origin_confirmed_at is None
        and request.user.has_perm("deals.confirm_origin", contract),
        "corrects": contract.is_signed
        and not contract.facts_locked
        and request.user.has_perm("deals.edit_contract", contract),
        "records": contract.is_signed and request.user.has_perm("deals.record_contract", contract),
        "deductions": list(contract.deductions.all()),
        "instalments": list(contract.instalments.all()),
        "milestones": list(contract.milestones.all()),
        "payments": payments,
        "reversed": {row.reverses_id for row in payments},
        "paid_fen": sum(row.amount_fen for row in payments),
        "invoices": list(contract.invoices.all()),
        "texts": texts,
        "copies": list(contract.copies.select_related("file")),
        "evidence": list(contract.price_evidence.select_related("file")),
        "needs_evidence": queries.needs_price_evidence(contract),
        "lacks_evidence": queries.missing_price_evidence(contract),
        "amendments": list(contract.amendments.select_related("proposed_by", "decided_by")),
        "amends": amends(request.user, contract),
        "flags": queries.flags_of(contract),
        "flow": _flow_said(contract),
        "can_print": drafts.can_print(),
        "history": history("deals.contract", contract.pk, limit=MOST_HISTORY),
    }
    return render_page(request, "deals/contract_detail.html", context)


def steps_of(contract: Contract) -> list[dict[str, Any]]:
    """The bar of steps; an ended contract stands at the step after its last one."""
    if contract.status in _ENDED:
        reached = STEPS.index(S.SIGNED) if contract.status == S.TERMINATED else 0
        done = [{"label": state.label, "state": "done"} for state in STEPS[: reached + 1]]
        return [*done, {"label": contract.get_status_display(), "state": "now"}]
    now = STEPS.index(S(contract.status))
    last = contract.status == S.PERFORMED
    return [
        {
            "label": state.label,
            "state": "done" if place < now or last else "now" if place == now else "todo",
        }
        for place, state in enumerate(STEPS)
    ]


def _flow_said(contract: Contract) -> frozenset[str]:
    """输出, 吸纳 or 本地 for the page; nothing while the place of one side is not known."""
    for rows in (queries.sellers(contract), queries.buyers(contract)):
        if not any(row.district or row.country != "CHN" for row in rows):
            return frozenset()
    return queries.flow_of(contract)


def _amounts(contract: Contract) -> dict[str, Any]:
    total = contract.amount_total_fen
    foreign = ""
    if contract.is_foreign and contract.foreign_amount is not None:
        foreign = f"{contract.currency} {units(contract.foreign_amount, contract.currency):,f}"
    return {
        "capitals": in_capitals(total) if total is not None and total <= MAX_FEN else "",
        "foreign": foreign,
        "currency": NAMES.get(contract.currency, contract.currency),
    }


def acts_of(user: Any, contract: Contract) -> list[Act]:
    """The buttons of the page, the next step first."""
    code = contract.code
    moves = {move.name for move in CONTRACT.available(contract, user)}
    edits = user.has_perm("deals.edit_contract", contract)
    found: list[Act] = []
    if contract.status == S.DRAFT and edits:
        found.append(Act(reverse("deals:edit", args=[code, "basics"]), _("填写合同信息")))
        found.append(Act(reverse("deals:text", args=[code]), _("提交定稿文本"), is_main=True))
    if contract.status in {S.CONFIRMING, S.CONFIRMED}:
        is_main = contract.status == S.CONFIRMING and user.has_perm("deals.bind_contract", contract)
        found.append(Act(reverse("deals:text", args=[code]), _("查看定稿和确认情况"), is_main))
    if "sign" in moves:
        found.append(
            Act(
                reverse("deals:sign", args=[code]),
                _("登记签订") if contract.status != S.DRAFT else _("已在线下签订，直接登记"),
                is_main=contract.status == S.CONFIRMED,
            )
        )
    for name, label, page, is_main, is_danger in (
        ("start", _("开始履行"), "deals:start", True, False),
        ("perform", _("确认履行完毕"), "deals:perform", True, False),
        ("terminate", _("登记终止"), "deals:terminate", False, True),
        ("cancel", _("取消合同"), "deals:cancel", False, True),
    ):
        if name in moves:
            found.append(Act(reverse(page, args=[code]), label, is_main, is_danger))
    return sorted(found, key=lambda act: (act.is_danger, not act.is_main))


def _next(user: Any, contract: Contract) -> Any:
    """One sentence: who has to do what."""
    binds = user.has_perm("deals.bind_contract", contract)
    return {
        S.DRAFT: _("填写合同信息，生成文本，双方商定后提交定稿。"),
        S.CONFIRMING: _("请核对定稿后确认。")
        if binds
        else _("等待双方的单位审核人或单位管理员确认定稿。"),
        S.CONFIRMED: _("定稿已由双方确认。签字盖章后登记签订日期，上传盖章齐全的扫描件。"),
        S.SIGNED: _("合同已签订。登记履行情况，并办理技术合同认定登记。"),
        S.PERFORMING: _("按节点登记付款、发票和完成情况。"),
        S.PERFORMED: _("合同已履行完毕。"),
        S.TERMINATED: _("合同已终止。"),
        S.CANCELLED: _("合同在签订前已取消。"),
    }[S(contract.status)]
