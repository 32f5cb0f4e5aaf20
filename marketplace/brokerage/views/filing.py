"""The yearly filing form: which forms a person may make, one of them, and its workbook."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.brokerage import exports, queries, services
from marketplace.brokerage.forms.filing import export_form, figures_form
from marketplace.brokerage.models import Broker
from marketplace.brokerage.queries import filing as filings_of
from marketplace.kernel.codes import is_valid_code
from marketplace.kernel.errors import Stale
from marketplace.parties.models import Organization
from marketplace.sheets.writers import XLSX_TYPE
from marketplace.web.costs import counted
from marketplace.web.differences import compare
from marketplace.web.seen import Seen
from marketplace.web.signed_out import login_required
from marketplace.web.views import render_page


@login_required
@require_safe
def filings(request: HttpRequest) -> HttpResponse:
    """The forms that this person may make: one's own as a broker, those of the own organisations."""
    context = {
        "broker": queries.broker_of(request.user),
        "firms": filings_of.firms_of(request.user),
        "years": filings_of.years(),
    }
    return render_page(request, "brokerage/filing_list.html", context)


def _subject(request: HttpRequest, code: str, year: int) -> Broker | Organization:
    """The broker or the organisation of this code, if the person may fill in its form.

    Raises 404 for others, so that nobody learns of entries that are not public.
    """
    subject: Broker | Organization | None
    if not is_valid_code(code):
        raise Http404
    if code.startswith("JR"):
        subject = queries.brokers().filter(code=code).first()
    else:
        subject = Organization.objects.filter(code=code).first()
    if subject is None or year not in filings_of.years():
        raise Http404
    if not request.user.has_perm(
        "brokerage.edit_yearlyform", filings_of.stored_filing(subject, year)
    ):
        raise Http404
    return subject


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def filing(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """One form: what the record counts, what is typed, what is missing."""
    subject = _subject(request, code, year)
    shown = filings_of.filing_form(subject, year)
    stored = filings_of.stored_filing(subject, year)
    bound = request.method == "POST"
    form: Any = figures_form(firm=shown.is_firm)(
        request.POST if bound else None, initial=stored.figures
    )
    seen, conflict = Seen(request, stored.rev), None
    if bound and form.is_valid():
        actor: Any = request.user
        try:
            services.save_filing(subject, year, form.figures, actor=actor, rev=seen.rev)
        except Stale:
            present = filings_of.stored_filing(subject, year)
            before = {name: present.figures.get(name) for name in form.fields}
            conflict = compare(form.fields, before, form.cleaned_data)
            seen.renew(present.rev)
        else:
            messages.success(request, _("已保存"))
            return redirect("brokerage:filing", code, year)
    context = {
        "subject": subject,
        "code": code,
        "filing": shown,
        "counted": [
            (item, exports.cell(item, value)) for item, value in shown.items if not item.typed
        ],
        "form": form,
        "export": export_form([row for row, _certificate in shown.broker_rows])(),
        "seen": seen,
        "conflict": conflict,
    }
    status = 409 if conflict is not None else 400 if bound else 200
    return render_page(request, "brokerage/filing.html", context, status=status)


@login_required
@require_POST
@counted("export")
def filing_export(request: HttpRequest, code: str, year: int) -> HttpResponseBase:
    """The workbook. Typed numbers of identity documents go into it and are not stored."""
    subject = _subject(request, code, year)
    shown = filings_of.filing_form(subject, year)
    form: Any = export_form([row for row, _certificate in shown.broker_rows])(request.POST)
    if not form.is_valid():
        context = {"code": code, "filing": shown, "export": form}
        return render_page(request, "brokerage/filing_export.html", context, status=400)
    numbers = {
        row.code: form.cleaned_data.get(f"id_{row.code}", "")
        for row, _certificate in shown.broker_rows
    }
    name = f"{shown.title}-{year}-技术转移服务机构年度备案表.xlsx"
    response = FileResponse(
        exports.filing_workbook(shown, numbers),
        as_attachment=True,
        filename=name,
        content_type=XLSX_TYPE,
    )
    response["Cache-Control"] = "private, no-store"
    return response
