"""Forming a panel and following it: the operator, the purchaser, authority and auditor."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.evaluation import events, queries, rulebook, services
from marketplace.evaluation.forms import AskPanelForm, PanelForm, ReaderForm, ReasonForm
from marketplace.evaluation.models import Panel
from marketplace.evaluation.views.shared import PersonRequest, chosen, run, sent
from marketplace.evaluation.workflow import PANEL, PanelStatus, SeatStatus
from marketplace.journal.once import once
from marketplace.journal.queries import history
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, KeyReused, Refused
from marketplace.parties import queries as parties
from marketplace.parties.models import User
from marketplace.tenders import queries as tenders
from marketplace.tenders.models import Lot
from marketplace.tenders.services import settle
from marketplace.web.acts import Act, at_fields
from marketplace.web.onetime import FormKey
from marketplace.web.seen import Seen
from marketplace.web.signed_out import login_required
from marketplace.web.throttle import limited
from marketplace.web.views import fetch, paginate, render_page


@login_required
@require_safe
def panels(request: PersonRequest) -> HttpResponse:
    """The panels that the reader may see, and the lots that wait for one."""
    page = paginate(request, queries.panels_visible_to(request.user))
    context = {"page": page, "lots": list(queries.lots_to_judge(request.user)[:20])}
    return render_page(request, "evaluation/panels.html", context)


def _lot(request: PersonRequest, code: str, number: int) -> Lot:
    tender = fetch(
        tenders.visible_to(request.user),
        code,
        actor=request.user,
        view="tenders.view_tender",
        action="tenders.manage_tender",
    )
    tender = settle(tender)
    lot = tender.lots.filter(number=number).first()
    if lot is None:
        raise Http404
    lot.tender = tender
    return lot


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("evaluation", per_user="60/h")
def assemble(request: PersonRequest, tender: str, lot: int) -> HttpResponse:
    """Form a panel for a lot: draw one, name a reader, or call the last one together again."""
    row = _lot(request, tender, lot)
    draws = request.user.has_perm("evaluation.draw_lot", row)
    names = request.user.has_perm("evaluation.read_lot", row)
    if not draws and not names:
        raise Forbidden(_("由平台运营组织评审；公开征集也可由发榜单位的审核人指定评审人"))
    name = chosen(request)
    past = queries.panels_by_lot([row.pk]).get(row.pk, [])
    last = next((one for one in past if one.status == PanelStatus.REPORTED), None)
    least = row.tender.ruled_by.readers
    panel_form = PanelForm(
        sent(request) if name == "draw" else None,
        prefix="draw",
        initial={"size": max(least, 3), "fields_": [row.tender.industry or ""]},
    )
    people = [one.user for one in parties.members_of(row.tender.owner)[:100]] if names else []
    reader_form = ReaderForm(
        sent(request) if name == "read" else None, prefix="read", people=people
    )
    asked = queries.requests_of([row.pk]).get(row.pk)
    ask_form = AskPanelForm(sent(request) if name == "ask" else None, prefix="ask")
    form_key, reused, status = FormKey(request), None, 200
    problem: object = None
    if request.method == "POST":
        status = 400
        form: Any = {"draw": panel_form, "read": reader_form, "ask": ask_form}.get(name)
        allowed = {"draw": draws, "read": names, "ask": names, "again": last is not None}.get(
            name, False
        )
        if not allowed:
            problem = _("请选择要做的操作")
        elif form is None or form.is_valid():
            try:
                if name == "ask":
                    once(
                        form_key.ticket(),
                        lambda: services.ask_for_panel(
                            row, note=form.cleaned_data["note"], actor=request.user
                        ),
                        actor=request.user,
                        code=lambda one: str(one.pk),
                    )
                    messages.success(request, _("已提请平台抽取评审专家"))
                    return redirect("evaluation:assemble", row.tender.code, row.number)
                made = once(
                    form_key.ticket(),
                    lambda: _form_panel(request, row, name, form),
                    actor=request.user,
                )
            except InvalidInput as error:
                known = {"fields": "fields_"}
                at_fields(
                    form,
                    InvalidInput({known.get(key, key): why for key, why in error.errors.items()}),
                )
            except KeyReused as error:
                reused, status = {"url": ""}, error.status
            except (Refused, Forbidden) as error:
                problem, status = error, error.status
            else:
                messages.success(request, _("评审组已建立"))
                return redirect("evaluation:panel", made.code)
    context = {
        "lot": row,
        "tender": row.tender,
        "panel_form": panel_form if draws else None,
        "reader_form": reader_form if names else None,
        "ask_form": ask_form if names and asked is None else None,
        "asked": asked,
        "last": last if last and (names if last.by_reader else draws) else None,
        "least": least,
        "drawable": queries.count_by_field(row, clock.now()) if draws else None,
        "form_key": form_key,
        "key_reused": reused,
        "problem": problem,
    }
    return render_page(request, "evaluation/assemble.html", context, status=status)


def _form_panel(request: PersonRequest, lot: Lot, name: str, form: Any) -> Panel:
    if name == "again":
        return services.reconvene(lot, actor=request.user)
    if name == "read":
        reader = User.objects.get(pk=int(form.cleaned_data["reader"]))
        return services.read_alone(lot, reader, actor=request.user)
    held = form.cleaned_data
    own = []
    for contact in held["own"].split():
        person = parties.user_by_contact(contact)
        if person is None or not person.access.in_org(lot.tender.owner_id):
            raise InvalidInput(
                {"own": [_("发榜单位没有使用 %(contact)s 的成员") % {"contact": contact[:60]}]}
            )
        own.append(person)
    return services.prepare_panel(
        lot, size=held["size"], fields=held["fields_"], own=own, actor=request.user
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def panel(request: PersonRequest, code: str) -> HttpResponse:
    """One panel: how far it is; who sits in it for those who may know; a POST draws or dissolves."""
    row = _panel(request, code)
    name = chosen(request)
    acts = _acts(request, row, name)
    seen = Seen(request, row.rev)
    found = run(
        request,
        acts,
        lambda act: _do(request, row, act, seen),
        seen,
        why_not=lambda move: _why_not(request, row, move),
    )
    if found.done:
        messages.success(request, _("已办理：%(move)s") % {"move": found.done})
        return redirect("evaluation:panel", row.code)
    knows = request.user.has_perm("evaluation.name_panel", row)
    members = queries.members_of(row) if knows or row.by_reader else []
    hints = {}
    if knows and members:
        bidders = queries.bidders_of(queries.bids_of(row.lot))
        hints = queries.hints_of([seat.person for seat in members], bidders)
    context = {
        "panel": row,
        "tender": row.lot.tender,
        "acts": acts,
        "seen": seen,
        "problem": found.problem,
        "members": [(seat, hints.get(seat.person_id, [])) for seat in members],
        "left_out": row.left_out if knows else None,
        "counts": _counts(row),
        "approaches": request.user.has_perm("evaluation.approach_panel", row),
        "result": queries.judged(row) if _shows_result(request, row) else [],
        "scores": _scores(request, row),
        "history": history(events.PANEL, row.pk),
    }
    return render_page(request, "evaluation/panel.html", context, status=found.status)


def _panel(request: PersonRequest, code: str) -> Panel:
    return fetch(
        queries.panels_visible_to(request.user),
        code,
        actor=request.user,
        view="evaluation.view_panel",
    )


def _shows_result(request: PersonRequest, row: Panel) -> bool:
    """Totals are for everybody who sees the panel once it has reported, for overseers once all have locked."""
    return row.status == PanelStatus.REPORTED or (
        row.is_shared and request.user.has_perm("evaluation.watch_panel", row)
    )


def _scores(request: PersonRequest, row: Panel) -> list[Any]:
    """Individual scores, for authority and auditor alone."""
    if not request.user.has_perm("evaluation.watch_panel", row):
        return []
    return list(queries.sheets_visible_to(request.user).filter(seat__panel=row))


def _counts(row: Panel) -> list[tuple[Any, int]]:
    found = queries.progress_of([row]).get(row.pk, {})
    return [(label, found[state]) for state, label in SeatStatus.choices if state in found]


_ACTS = ("draw", "dissolve")


def _acts(request: PersonRequest, row: Panel, name: str) -> list[Act]:
    moves = {move.name: move for move in PANEL.available(row, request.user)}
    found = []
    if "draw" in moves:
        note = _("抽取种子的摘要已经公布。抽取后立即向抽中的专家发出邀请。")
        found.append(Act("draw", moves["draw"].label, note=note))
    if "dissolve" in moves:
        form = ReasonForm(sent(request) if name == "dissolve" else None, prefix="dissolve")
        found.append(Act("dissolve", moves["dissolve"].label, form, danger=True))
    return found


def _why_not(request: PersonRequest, row: Panel, move: str) -> object:
    if not request.user.has_perm("evaluation.run_panel", row):
        raise Forbidden
    return PANEL.refusal(move, row, request.user) if move in _ACTS else ""


def _do(request: PersonRequest, row: Panel, act: Act, seen: Seen) -> None:
    if act.name == "draw":
        services.draw_panel(row, actor=request.user, rev=seen.rev)
    else:
        reason = act.form.cleaned_data["reason"]
        services.dissolve_panel(row, reason=reason, actor=request.user, rev=seen.rev)


@login_required
@require_safe
def report(request: PersonRequest, code: str) -> HttpResponse:
    """The report as the canonical JSON that its SHA-256 is of: for members, authority and auditor."""
    row = queries.panel_of_report(request.user, code)
    if row is None or row.report is None:
        raise Http404
    response = HttpResponse(rulebook.canonical(row.report), content_type="application/json")
    day = clock.day_of(row.reported_at or clock.now()).isoformat()
    response["Content-Disposition"] = f'attachment; filename="{row.code}-{day}.json"'
    response["Cache-Control"] = "no-store"
    return response
