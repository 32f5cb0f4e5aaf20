"""The result of a lot: for everybody, and for those who check, publish, confirm and remedy it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.awards import events, queries, services
from marketplace.awards.forms import CheckForm, EndForm, NextForm, ReasonForm
from marketplace.awards.models import AWARD_FILES, Award, Result
from marketplace.awards.queries.results import has_run, is_over
from marketplace.awards.views.shared import PersonRequest, act_on, form_maker, result_of
from marketplace.awards.workflow import OPEN, RESULT, Status
from marketplace.exclusions import queries as exclusions
from marketplace.files.queries import attachments_of
from marketplace.journal.queries import history
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused, Stale
from marketplace.parties.policies import access_of
from marketplace.web.acts import Act, at_fields
from marketplace.web.seen import Seen
from marketplace.web.signed_out import login_required
from marketplace.web.views import fetch, paginate, render_page


@login_required
@require_safe
def own(request: PersonRequest) -> HttpResponse:
    """Results of the own tenders, and of lots that the own organisations bid for."""
    page = paginate(request, queries.own(request.user))
    return render_page(request, "awards/own.html", {"page": page})


@require_safe
def detail(request: HttpRequest, code: str) -> HttpResponse:
    """A result that was made public: the ranking as the reader may see it, its publicity, what came of it."""
    row = fetch(queries.published(), code, actor=request.user, view="awards.view_lotresult")
    award = queries.award_of(row)
    context = _parts(request, row)
    context |= {
        "papers": _papers(request, context["awards"]),
        "manages": request.user.has_perm("awards.manage_lotresult", row),
        "declines": _declines(request, row, award),
        "letters": queries.letters_of(row, request.user) if request.user.is_authenticated else [],
    }
    return render_page(request, "awards/detail.html", context)


def _papers(request: HttpRequest, awards: list[Award]) -> list[Any]:
    """The evidence against those candidates that the reader works for."""
    access = access_of(request.user)
    own = [one.pk for one in awards if access.in_org(one.entry.organization_id)]
    return [file for pk in own for file in attachments_of(AWARD_FILES, pk)]


def _declines(request: HttpRequest, row: Result, award: Award | None) -> bool:
    return (
        award is not None
        and award.declined_at is None
        and row.status in OPEN
        and request.user.has_perm("awards.decline_award", award)
    )


def _parts(request: HttpRequest, row: Result) -> dict[str, Any]:
    awards = queries.awards_of(row)
    return {
        "result": row,
        "tender": row.tender,
        "entries": queries.entries_shown(row, request.user),
        "awards": awards,
        "award": next((one for one in awards if one.ended_at is None), None),
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def manage(request: PersonRequest, code: str) -> HttpResponse:
    """One result for its purchaser, the operator and the authority, with what they may do; a POST does it."""
    row = result_of(request, code, "awards.manage_lotresult")

    def shown(now: Result) -> tuple[str, dict[str, Any]]:
        award = queries.award_of(now)
        evidence = [one.pk for one in queries.awards_of(now)]
        of_purchaser = request.user.access.in_org(now.tender.owner_id)
        context = _parts(request, now) | {
            "is_over": is_over(award) if award is not None else has_run(now.publicity),
            "unshown": queries.must_be_shown(now),
            "causes": queries.causes(award, clock.now()),
            "excluded": _excluded(now, award),
            "blocked": bool(queries.blocking(now.lot_id)),
            "letters": queries.letters_of(now, request.user),
            "files": [one for pk in evidence for one in attachments_of(AWARD_FILES, pk)],
            "of_purchaser": of_purchaser,
            "history": history(events.RESULT, now.pk),
        }
        return "awards/manage.html", context

    return act_on(
        request,
        row,
        acts_of=lambda now, chosen: _acts(request, now, chosen),
        deeds=_DO,
        again=lambda: result_of(request, code, "awards.manage_lotresult"),
        shown=shown,
        leads_to=("awards:manage", [row.code]),
    )


def _excluded(row: Result, award: Award | None) -> str:
    """Which decision stands against the candidate, for whoever must find another way; "" for none."""
    if award is None or row.ended_at is not None:
        return ""
    award.result = row
    return exclusions.refusal(queries.exclusions_of(award, clock.now()))


def _acts(request: PersonRequest, row: Result, chosen: str) -> list[Act]:
    form = form_maker(request, chosen)
    moves = {move.name: move for move in RESULT.available(row, request.user)}
    award = queries.award_of(row)
    found = queries.causes(award, clock.now())
    acts: list[Act] = []
    checks = "submit" in moves or ("publish" in moves and row.status == Status.DRAFTED)
    unshown = award is None and queries.must_be_shown(row)
    if checks and (award is not None or unshown):
        initial = {
            "days": row.days or services.least_days(row),
            "contact": row.contact,
            "note": row.note,
        }
        label = moves["submit" if "submit" in moves else "publish"].label
        note = _("公示后任何人都能看到排名、得分和候选单位名称，页面长期保留。")
        if unshown:
            note = _(
                "方案全部未通过的结果也要公示：参加单位收到各自的理由，可在公示期内在线提出异议；期满后才能宣布流标。"
            )
        acts.append(Act("check", label, form("check", CheckForm, initial=initial), note=note))
    elif "publish" in moves:
        note = _("请核对名次、得分、理由和公示内容；公示后不能修改。")
        acts.append(Act("publish", moves["publish"].label, note=note))
    if "return" in moves:
        acts.append(Act("return", moves["return"].label, form("return", ReasonForm)))
    if "confirm" in moves and award is not None and not (found.declined or found.cancelled):
        note = _("公示期满、没有未了结的异议时才能定标。定标后向每一家参加单位发出通知书。")
        acts.append(Act("confirm", moves["confirm"].label, note=note))
    if (
        row.status == Status.AWARDED
        and award is not None
        and not row.tender.ruled_by.negotiable
        and request.user.has_perm("awards.bind_lotresult", row)
    ):
        note = _("招标的合同金额和标的应与中标方案一致。确需变更的，在这里写明内容和原因。")
        act = Act("explain", _("说明合同变更"), form("explain", ReasonForm), note=note)
        acts.append(act)
    follows = queries.next_entry(row) is not None
    if "next" in moves and award is not None and follows:
        acts.append(Act("next", moves["next"].label, form("next", NextForm), danger=True))
    ends = found.objection or found.cancelled or not follows
    if ends and "again" in moves:
        acts.append(Act("again", moves["again"].label, form("again", EndForm), danger=True))
    if ends and "fail" in moves and not unshown:
        acts.append(Act("fail", moves["fail"].label, form("fail", EndForm), danger=True))
    return acts


def _remedy(row: Result, held: dict[str, Any], how: dict[str, Any]) -> Any:
    return services.remedy_result(
        row,
        held["act"],
        reason=held["reason"],
        out=held.get("out", ""),
        upload=held.get("file"),
        **how,
    )


def _explain(row: Result, held: dict[str, Any], how: dict[str, Any]) -> Any:
    award = queries.award_of(row)
    if award is None:
        raise Refused(_("定标之后、签约之前才能说明"))
    return services.explain_terms(award, reason=held["reason"], **how)


_DO: dict[str, Any] = {
    "check": lambda row, held, how: services.submit_result(
        row, days=held["days"], contact=held["contact"], note=held["note"], **how
    ),
    "publish": lambda row, _held, how: services.publish_result(row, **how),
    "return": lambda row, held, how: services.return_result(row, reason=held["reason"], **how),
    "confirm": lambda row, _held, how: services.confirm_award(row, **how),
    "explain": _explain,
    "next": _remedy,
    "again": _remedy,
    "fail": _remedy,
}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def decline(request: PersonRequest, code: str) -> HttpResponse:
    """The candidate gives up before the contract."""
    row = result_of(request, code)
    award = queries.award_of(row)
    if award is None or not request.user.has_perm("awards.decline_award", award):
        raise Forbidden
    form = ReasonForm(request.POST if request.method == "POST" else None)
    seen, problem, status = Seen(request, award.rev), None, 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                services.decline_award(
                    award, reason=form.cleaned_data["reason"], actor=request.user, rev=seen.rev
                )
            except InvalidInput as error:
                at_fields(form, error)
            except Refused as error:
                problem, status = error, error.status
                if isinstance(error, Stale):
                    seen.renew(getattr(error.row, "rev", ""))
            else:
                messages.success(request, _("已放弃，发布单位会收到通知"))
                return redirect("awards:detail", row.code)
    context = {"result": row, "award": award, "form": form, "seen": seen, "problem": problem}
    return render_page(request, "awards/decline.html", context, status=status)
