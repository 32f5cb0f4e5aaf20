"""The operator's pages of working days: the years, and the days of one year."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.journal.queries import history
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused, Stale
from marketplace.taxonomy import queries, services
from marketplace.taxonomy.forms import MarkYearForm, RemoveDayForm, WorkingDayForm
from marketplace.taxonomy.models import CalendarYear
from marketplace.web.seen import Seen
from marketplace.web.signed_out import login_required
from marketplace.web.views import render_page


def _permit(request: HttpRequest) -> None:
    if not request.user.has_perm("taxonomy.edit_calendar"):
        raise Forbidden


@login_required
@never_cache
@require_safe
def list_years(request: HttpRequest) -> HttpResponse:
    """The years with what is known of them, and the one that should be entered."""
    _permit(request)
    years = list(queries.calendar_years())
    missing = queries.year_to_enter()
    following = max([clock.today().year, *(row.year for row in years)]) + 1
    context = {"years": years, "missing": missing, "following": missing or following}
    return render_page(request, "taxonomy/calendar_years.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show_year(request: HttpRequest, year: int) -> HttpResponse:
    """One year: its days that differ from Monday to Friday, add and remove, and whether it is complete."""
    _permit(request)
    if not services.FIRST_YEAR <= year <= services.LAST_YEAR:
        raise Http404
    row = queries.calendar_years().filter(year=year).first() or CalendarYear(year=year)
    seen = Seen(request, row.rev)
    problem: Refused | None = None
    act = request.POST.get("act", "") if request.method == "POST" else ""
    data = request.POST if request.method == "POST" else None
    forms = {
        "add": WorkingDayForm(data if act == "add" else None, year=year),
        "remove": RemoveDayForm(data if act == "remove" else None),
        "mark": MarkYearForm(data if act == "mark" else None, initial={"source": row.source}),
    }
    if request.method == "POST":
        try:
            if act in forms and forms[act].is_valid() and _done(request, act, year, forms, seen):
                messages.success(request, _("已保存"))
                return redirect("taxonomy:year", year)
        except Stale as error:
            row, problem = error.row, error
            seen.renew(row.rev)
        except Refused as error:
            problem = error
    context = {
        "year": row,
        "number": str(year),
        "days": queries.days_of(year),
        "seen": seen,
        "problem": problem,
        "add": forms["add"],
        "mark": forms["mark"],
        "history": history("taxonomy.calendaryear", row.pk) if row.pk else [],
    }
    status = problem.status if problem else 400 if request.method == "POST" else 200
    return render_page(request, "taxonomy/calendar_year.html", context, status=status)


def _done(request: HttpRequest, act: str, year: int, forms: dict[str, Any], seen: Seen) -> bool:
    """Do the act; what the service finds wrong is shown at its field."""
    form = forms[act]
    values = form.cleaned_data
    try:
        if act == "add":
            services.add_working_day(
                values["date"],
                is_working=values["is_working"],
                source=values["source"],
                actor=request.user,
                rev=seen.rev,
            )
        elif act == "remove":
            services.remove_working_day(values["date"], actor=request.user, rev=seen.rev)
        else:
            known = "unknown" not in request.POST
            services.mark_year(
                year, is_known=known, source=values["source"], actor=request.user, rev=seen.rev
            )
    except InvalidInput as refusal:
        for name, reasons in refusal.errors.items():
            for reason in reasons:
                form.add_error(name if name in form.fields else None, str(reason))
        return False
    return True
