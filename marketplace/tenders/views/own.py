"""Opening a tender from a need: the first questions, then one page for each part; and amendments."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.custody import queries as custody
from marketplace.journal.once import once
from marketplace.kernel import clock
from marketplace.kernel.errors import (
    Forbidden,
    InvalidInput,
    KeyReused,
    NotVisible,
    Refused,
    Stale,
)
from marketplace.needs import queries as needs
from marketplace.taxonomy.queries import is_off
from marketplace.tenders import queries, rulebook, services
from marketplace.tenders.forms import (
    AmendForm,
    BeginForm,
    ContentForm,
    CriterionRows,
    KeysForm,
    LotRows,
    RequirementRows,
    ScheduleForm,
    schedule_values,
    schedule_with,
)
from marketplace.tenders.models import Tender
from marketplace.tenders.services.changes import AMENDABLE
from marketplace.tenders.services.drafts import TEXTS
from marketplace.tenders.views.shared import PersonRequest, one, organizations_of, sent
from marketplace.tenders.workflow import EDITABLE, OPEN
from marketplace.web.acts import at_fields
from marketplace.web.onetime import FormKey
from marketplace.web.seen import Seen
from marketplace.web.signed_out import login_required
from marketplace.web.throttle import limited
from marketplace.web.views import fetch, paginate, render_page


@login_required
@require_safe
def own(request: PersonRequest) -> HttpResponse:
    """The tenders of the reader's organisations, the newest first."""
    page = paginate(request, queries.own(request.user))
    context = {"page": page, "begins": bool(organizations_of(request.user))}
    return render_page(request, "tenders/own.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("tenders", per_user="60/h")
def new(request: PersonRequest, code: str) -> HttpResponse:
    """The first two questions about a need (`code` is its code); where it belongs elsewhere, the page says where."""
    row = fetch(needs.visible_to(request.user), code, actor=request.user, view="needs.view_need")
    if row.owner_id not in request.user.access.orgs:
        raise NotVisible
    form = BeginForm(
        sent(request),
        procedures=rulebook.procedures_on(clock.today()),
        has_standing=queries.standing_now(clock.now()) is not None,
    )
    form_key, reused, problem, elsewhere, status = FormKey(request), None, None, "", 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            elsewhere = form.cleaned_data["mandatory"]
            try:
                made = once(
                    form_key.ticket(),
                    lambda: services.draft_tender(row, form.beginning, actor=request.user),
                    actor=request.user,
                )
            except InvalidInput as error:
                at_fields(form, error)
            except KeyReused as error:
                reused, status = {"url": ""}, error.status
            except (Refused, Forbidden) as error:
                problem, status = error, error.status
            else:
                messages.success(request, _("已建立草稿，需求的内容已经带入"))
                return redirect("tenders:edit", made.code, "content")
    running = queries.under_way_of([row.pk]).get(row.pk)
    context = {
        "need": row,
        "running": running,
        "unopened": running is None and bool(queries.unopened_of([row.pk])),
        "form": form,
        "form_key": form_key,
        "key_reused": reused,
        "problem": problem,
        "elsewhere": elsewhere if elsewhere != "free" else "",
        "steps": [part.label for part in STEPS],
    }
    return render_page(request, "tenders/new.html", context, status=status)


@dataclass(frozen=True)
class Step:
    """One page of the wizard: its name, heading and advice."""

    name: str
    label: Any
    advice: Any


STEPS = (
    Step(
        "content", gettext_lazy("内容"), gettext_lazy("需求的内容已经带入，按征集的口吻修改即可。")
    ),
    Step(
        "lots",
        gettext_lazy("标段和指标"),
        gettext_lazy("多数征集只有一个标段。应征方要逐条回答指标。"),
    ),
    Step(
        "criteria",
        gettext_lazy("评审"),
        gettext_lazy("权重之和为 100，公告后不能修改。"),
    ),
    Step("schedule", gettext_lazy("时间"), gettext_lazy("先定截止时间，其余日期自动推算。")),
    Step("keys", gettext_lazy("方案保密"), gettext_lazy("决定截止之前方案怎样保密。")),
)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: PersonRequest, code: str, step: str) -> HttpResponse:
    """One part of a draft."""
    row = one(request, code, "tenders.edit_tender")
    names = [part.name for part in STEPS]
    if step not in names:
        raise NotVisible
    if request.method != "POST" and row.status not in EDITABLE:
        messages.info(request, _("提交审核后不能直接修改；公告后请提出变更"))
        return redirect("tenders:manage", row.code)
    here = names.index(step)
    forms = _FORMS[step](row, sent(request))
    seen, stored, status = Seen(request, row.rev), None, 200
    problem: Refused | None = None
    if request.method == "POST":
        status = 400
        if all(form.is_valid() for form in forms.values()):
            try:
                saved = _SAVE[step](row, forms, {"actor": request.user, "rev": seen.rev})
            except InvalidInput as error:
                _put(forms, error)
            except Stale as error:
                # What was typed stays in the form, what a colleague saved is shown beside it.
                problem, status, stored = error, error.status, _stored(step, error.row)
                seen.renew(error.row.rev)
            except Refused as error:
                problem, status = error, error.status
            else:
                return _go_on(request, saved, step, names[here + 1 :])
    context = {
        "tender": row,
        "steps": STEPS,
        "step": STEPS[here],
        "is_last": here == len(STEPS) - 1,
        "forms": {name: form for name, form in forms.items() if name == "form"},
        "rowsets": [(_ROW_LABELS[name], form) for name, form in forms.items() if name != "form"],
        "row_lists": [form for name, form in forms.items() if name != "form"],
        "stored": stored,
        "seen": seen,
        "problem": problem,
        "calendar": rulebook.calendar_of(row.ruled_by, row.deadline) if row.deadline else None,
        "earliest": rulebook.in_words(rulebook.earliest_deadline(row.ruled_by, clock.now())),
        "bars": step == "content" and _lacks_standing(row),
    }
    return render_page(request, "tenders/edit.html", context, status=status)


def _go_on(request: PersonRequest, saved: Tender, step: str, rest: Sequence[str]) -> HttpResponse:
    """To the next part, or back to the tender."""
    if step == "schedule" and _against_schedule(saved):
        # It cannot be sent so: the reason stands at its field, before more is filled in.
        messages.warning(request, _("时间已保存，但按这个截止日不能提交"))
        return redirect("tenders:edit", saved.code, step)
    messages.success(request, _("已保存"))
    if rest and request.POST.get("do") == "next":
        return redirect("tenders:edit", saved.code, rest[0])
    return redirect("tenders:manage", saved.code)


def _put(forms: Mapping[str, Any], error: InvalidInput) -> None:
    """Each reason at its field; what belongs to a table of rows stands above the table."""
    for name, reasons in error.errors.items():
        rows = forms.get(name)
        if rows is not None:
            rows.non_form_errors().extend(str(reason) for reason in reasons)
        elif "form" in forms:
            at_fields(forms["form"], InvalidInput({name: reasons}))


_ROW_LABELS = {
    "lots": gettext_lazy("标段"),
    "requirements": gettext_lazy("指标"),
    "criteria": gettext_lazy("评审因素"),
}


def _values(rows: Any, *names: str) -> list[dict[str, Any]]:
    return [{name: getattr(row, name) for name in names} for row in rows]


def _content(row: Tender, data: Any) -> dict[str, Any]:
    initial = {name: getattr(row, name) for name in (*TEXTS, "summary_first", "plan_fee")}
    initial |= {name: getattr(row, name) for name in ("has_lead", "is_lump_sum", "is_city_funded")}
    return {"form": ContentForm(data, procedure=row.procedure, initial=initial)}


def _lots(row: Tender, data: Any) -> dict[str, Any]:
    return {
        "lots": LotRows(data, prefix="lots", initial=_values(row.lots.all(), "title", "budget")),
        "requirements": RequirementRows(
            data,
            prefix="requirements",
            initial=_values(row.requirements.all(), "name", "target", "method", "must"),
        ),
    }


def _criteria(row: Tender, data: Any) -> dict[str, Any]:
    initial = _values(row.criteria.all(), "side", "name", "weight", "detail")
    for line in initial:
        # "50", as the public page says it, not "50.00".
        line["weight"] = f"{line['weight'].normalize():f}"
    return {"criteria": CriterionRows(data, prefix="criteria", initial=initial)}


def _lacks_standing(row: Tender) -> bool:
    """Whether the platform may not run this procedure: it would be refused at publication."""
    return row.ruled_by.needs_standing and queries.standing_now(clock.now()) is None


def _against_schedule(row: Tender) -> list[Any]:
    return [reason for part, reason in services.missing(row) if part == "schedule"]


def _schedule(row: Tender, data: Any) -> dict[str, Any]:
    """The stored times with what speaks against them; those of a new draft are suggested."""
    if data is None and row.deadline is None:
        deadline = rulebook.suggested_deadline(row.ruled_by, clock.now(), is_off)
        return {"form": ScheduleForm(initial=schedule_values(deadline, row.starts_at))}
    initial = schedule_values(row.deadline, row.starts_at)
    if data is None and (reasons := _against_schedule(row)):
        return {"form": schedule_with(initial, reasons)}
    return {"form": ScheduleForm(data, initial=initial)}


def _keys(row: Tender, data: Any) -> dict[str, Any]:
    chosen = [one.custodian.code for one in row.keepers.select_related("custodian")]
    form = KeysForm(
        data,
        sealings=row.ruled_by.sealings,
        custodians=list(custody.choosable()),
        initial={"sealing": row.sealing, "custodians": chosen, "threshold": row.threshold},
    )
    return {"form": form}


_FORMS: dict[str, Callable[[Tender, Any], dict[str, Any]]] = {
    "content": _content,
    "lots": _lots,
    "criteria": _criteria,
    "schedule": _schedule,
    "keys": _keys,
}


_SAVE: dict[str, Callable[[Tender, dict[str, Any], dict[str, Any]], Any]] = {
    "content": lambda row, forms, how: services.edit_content(row, forms["form"].said, **how),
    "lots": lambda row, forms, how: services.edit_lots(
        row, forms["lots"].values, forms["requirements"].values, **how
    ),
    "criteria": lambda row, forms, how: services.edit_criteria(
        row, forms["criteria"].values, **how
    ),
    "schedule": lambda row, forms, how: services.edit_schedule(
        row, **forms["form"].instants, **how
    ),
    "keys": lambda row, forms, how: services.edit_keys(
        row,
        sealing=forms["form"].cleaned_data["sealing"],
        custodians=queries.custodians(forms["form"].cleaned_data["custodians"]),
        threshold=forms["form"].cleaned_data["threshold"],
        **how,
    ),
}


def _stored(step: str, row: Tender) -> list[tuple[Any, Any]]:
    """What is stored now of this part, as label and text."""
    forms = _FORMS[step](row, None)
    if step == "schedule":
        # Not the suggestion that an empty schedule is shown with.
        values = schedule_values(row.deadline, row.starts_at)
        forms = {"form": ScheduleForm(initial=values)}
    found: list[tuple[Any, Any]] = []
    for name, form in forms.items():
        if name == "form":
            found += [
                (field.label, form.initial.get(key) or "")
                for key, field in form.fields.items()
                if not isinstance(form.initial.get(key), list)
            ]
        else:
            found += [
                (_ROW_LABELS[name], " · ".join(str(value) for value in one.values() if value))
                for one in form.initial
            ]
    return found


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def amend(request: PersonRequest, code: str) -> HttpResponse:
    """Ask for a change of what was published."""
    row = one(request, code, "tenders.bind_tender")
    if request.method != "POST" and row.status not in OPEN:
        messages.info(request, _("公告之后、截止之前才能提出变更"))
        return redirect("tenders:manage", row.code)
    keepers = [one.custodian.code for one in row.keepers.select_related("custodian")]
    values = {name: getattr(row, name) for name in AMENDABLE}
    form = AmendForm(
        sent(request),
        custodians=list(custody.choosable()) if row.is_sealed else [],
        is_sealed=row.is_sealed,
        initial=values | schedule_values(row.deadline, None) | {"custodians": keepers},
    )
    form_key, reused = FormKey(request), None
    seen, status = Seen(request, row.rev), 200
    problem: Refused | Forbidden | None = None
    if request.method == "POST":
        status = 400
        if form.is_valid():
            held = form.cleaned_data
            keys = held.get("custodians") if row.is_sealed else None
            try:
                once(
                    form_key.ticket(),
                    lambda: services.propose_amendment(
                        row,
                        {name: held[name] for name in AMENDABLE},
                        reason=held["reason"],
                        deadline=form.deadline_instant,
                        custodians=_in_order(keys, keepers),
                        actor=request.user,
                        rev=seen.rev,
                    ),
                    actor=request.user,
                )
            except InvalidInput as error:
                at_fields(form, error)
            except KeyReused as error:
                reused, status = {"url": ""}, error.status
            except Stale as error:
                problem, status = error, error.status
                seen.renew(error.row.rev)
            except (Refused, Forbidden) as error:
                problem, status = error, error.status
            else:
                messages.success(request, _("变更已提交，平台审核通过后公告生效"))
                return redirect("tenders:manage", row.code)
    context = {
        "tender": row,
        "form": form,
        "form_key": form_key,
        "key_reused": reused,
        "seen": seen,
        "problem": problem,
    }
    return render_page(request, "tenders/amend.html", context, status=status)


def _in_order(codes: list[str] | None, before: list[str]) -> list[Any] | None:
    """Those who stay keep their places in the published order."""
    if codes is None:
        return None
    kept = [code for code in before if code in codes]
    return queries.custodians([*kept, *(code for code in codes if code not in kept)])
