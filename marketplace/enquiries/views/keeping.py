"""How long what is kept: for the public, and for the operator, who changes periods and holds records."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.enquiries import queries, services
from marketplace.enquiries.forms.way import EraseForm, HoldForm, PeriodForm
from marketplace.enquiries.models import Enquiry, Hold
from marketplace.enquiries.views.asking import add_errors
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.listings.kind import kind_named, kinds
from marketplace.parties.queries import organizations_of
from marketplace.taxonomy.queries import label
from marketplace.web.seen import Seen
from marketplace.web.signed_out import login_required
from marketplace.web.views import fetch, render_page


@require_safe
def kept(request: HttpRequest) -> HttpResponse:
    """For everybody: which records are kept, on what ground, for how long."""
    return render_page(request, "enquiries/kept.html", {"kinds": queries.record_kinds()})


@login_required
@never_cache
@require_safe
def keeping(request: HttpRequest) -> HttpResponse:
    """The table with what was erased, and what is held."""
    if not request.user.has_perm("enquiries.view_keeping"):
        raise Forbidden
    return _page(request, HoldForm())


def _page(request: HttpRequest, form: HoldForm, status: int = 200) -> HttpResponse:
    rows = list(queries.holds()[:200])
    enquiries = queries.enquiries_by_id([row.subject_id for row in rows])
    context = {
        "kinds": queries.record_kinds(),
        "holds": [(row, enquiries.get(row.subject_id)) for row in rows],
        "may_edit": request.user.has_perm("enquiries.edit_keeping"),
        "form": form,
    }
    return render_page(request, "enquiries/keeping.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_period(request: HttpRequest, code: str) -> HttpResponse:
    """Change for how long a kind of record is kept."""
    if not request.user.has_perm("enquiries.edit_keeping"):
        raise Forbidden
    kind = queries.record_kinds().filter(code=code).first()
    if kind is None:
        raise Http404
    seen, problem = Seen(request, kind.rev), None
    data = request.POST if request.method == "POST" else None
    form = PeriodForm(data, initial={"days": kind.days})
    status = 400 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            days = form.cleaned_data["days"]
            services.change_period(kind, days=days, actor=request.user, rev=seen.rev)
        except InvalidInput as error:
            add_errors(form, error)
        except Refused as error:
            problem, status = error, error.status
            kind.refresh_from_db()
            seen.renew(kind.rev)
        else:
            messages.success(request, _("已保存"))
            return redirect("enquiries:keeping")
    context = {
        "form": form,
        "seen": seen,
        "problem": problem,
        "title": kind.label,
        "explain": kind.ground,
        "button": _("保存"),
        "back": "../",
    }
    return render_page(request, "enquiries/way_form.html", context, status=status)


@login_required
@require_http_methods(["POST"])
def hold(request: HttpRequest) -> HttpResponse:
    """Hold an enquiry by its code, with a reason; or lift a hold (`lift`)."""
    if not request.user.has_perm("enquiries.edit_keeping"):
        raise Forbidden
    lifted = request.POST.get("lift", "")
    if lifted:
        row = (
            Hold.objects.filter(pk=int(lifted)).first()
            if lifted.isdecimal() and len(lifted) < 10
            else None
        )
        if row is None:
            raise Http404
        services.lift_hold(row, actor=request.user)
        messages.success(request, _("已解除，期限届满后照常清除"))
        return redirect("enquiries:keeping")
    form = HoldForm(request.POST)
    if form.is_valid():
        enquiry = Enquiry.objects.filter(code=form.cleaned_data["code"]).first()
        reason = form.cleaned_data["reason"]
        if enquiry is None:
            form.add_error("code", _("没有这个编号的咨询"))
        else:
            try:
                services.hold_enquiry(enquiry, reason=reason, actor=request.user)
            except Refused as error:
                form.add_error("code", str(error))
            else:
                messages.success(request, _("已暂缓清除"))
                return redirect("enquiries:keeping")
    return _page(request, form, status=400)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest, code: str) -> HttpResponse:
    """The operator closes a visitor's enquiry and erases its contents and contact at once."""
    enquiry: Enquiry = fetch(
        queries.visible_to(request.user),
        code,
        actor=request.user,
        view="enquiries.view_enquiry",
        action="enquiries.erase_enquiry",
    )
    seen, problem = Seen(request, enquiry.rev), None
    form = EraseForm(request.POST if request.method == "POST" else None)
    status = 400 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            services.erase_visitor(enquiry, reason=reason, actor=request.user, rev=seen.rev)
        except Refused as error:
            problem, status = error, error.status
            enquiry.refresh_from_db()
            seen.renew(enquiry.rev)
        else:
            messages.success(request, _("已删除，双方会收到通知"))
            return redirect("enquiries:show", code)
    context = {
        "enquiry": enquiry,
        "form": form,
        "seen": seen,
        "problem": problem,
        "title": _("结束并删除访客的咨询"),
        "explain": _(
            "咨询内容、附件和访客的联系方式立即删除，不能恢复；留下的只有何时、向谁咨询和怎样结束。"
        ),
        "button": _("结束并删除"),
        "back": reverse("enquiries:show", args=[code]),
    }
    return render_page(request, "enquiries/way_form.html", context, status=status)


@login_required
@require_safe
def feedback(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """For the owner of a listing: why enquiries about it ended, counted."""
    if kind not in {one.name for one in kinds()}:
        raise Http404
    known = kind_named(kind)
    listing: Any = fetch(known.own(request.user), code, actor=request.user, view=known.perm("view"))
    counts = dict(queries.closing_reasons(kind, [listing.pk]).get(listing.pk, {}))
    rows = [
        (label("closing_reason", reason), n)
        for reason, n in sorted(counts.items(), key=lambda row: -row[1])
    ]
    context = {"kind": known, "listing": listing, "rows": rows}
    return render_page(request, "enquiries/feedback.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def as_visitor(request: HttpRequest) -> HttpResponse:
    """What the reader once asked as a visitor, to be moved to the organisation that they have joined."""
    found = queries.visitor_enquiries_of(request.user)
    orgs = [row.organization for row in organizations_of(request.user)]
    problem, status = None, 200
    if request.method == "POST":
        enquiry = next((row for row in found if row.code == request.POST.get("enquiry")), None)
        org = next((row for row in orgs if row.code == request.POST.get("organization")), None)
        if enquiry is None or org is None:
            raise InvalidInput({"organization": [_("请从列表中选择")]})
        try:
            seen = Seen(request, enquiry.rev)
            services.move_visitor_enquiry(enquiry, to=org, actor=request.user, rev=seen.rev)
        except Refused as error:
            problem, status = error, error.status
        else:
            messages.success(request, _("咨询已转入单位，同事也能看到"))
            return redirect("enquiries:show", enquiry.code)
    context = {"enquiries": found, "orgs": orgs, "problem": problem}
    return render_page(request, "enquiries/as_visitor.html", context, status=status)
