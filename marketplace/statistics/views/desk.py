"""The workbench's figures: exact, with drill-down, for registrars, the authority and auditors."""

from fractions import Fraction
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.journal.once import once
from marketplace.kernel import clock
from marketplace.kernel.children import ChildFailed
from marketplace.kernel.errors import Forbidden, InvalidInput, KeyReused, Refused
from marketplace.sheets.writers import XLSX_TYPE
from marketplace.statistics import exports, queries, services
from marketplace.statistics.forms import TargetForm
from marketplace.statistics.queries import entries as drilling
from marketplace.statistics.queries import figures, stages
from marketplace.statistics.queries.labels import OVERLAPPING, TITLES, key_label
from marketplace.statistics.queries.targets import target_of
from marketplace.statistics.rulebook.definitions import definitions_on
from marketplace.statistics.rulebook.pace import percent
from marketplace.statistics.views.shared import (
    book_of,
    csv_file,
    format_of,
    month_of,
    year_of,
)
from marketplace.web.costs import counted
from marketplace.web.onetime import FormKey
from marketplace.web.signed_out import login_required
from marketplace.web.views import paginate, render_page

STAGES = {
    "intent": gettext_lazy("达成意向"),
    "negotiating": gettext_lazy("起草合同"),
    "signed": gettext_lazy("签订"),
    "approved": gettext_lazy("预审决定"),
    "registered": gettext_lazy("登记"),
}
WAITING = {
    "signed": gettext_lazy("已签订，尚未申请登记"),
    "review": gettext_lazy("自查和预审中"),
    "approved": gettext_lazy("已预审，等待登记号"),
}


def _reads(request: HttpRequest, perm: str = "statistics.read_figures") -> None:
    if not request.user.has_perm(perm):
        raise Forbidden


def _context(request: HttpRequest) -> dict[str, Any]:
    book = book_of(request)
    years = figures.ledger_years(book)
    year = year_of(request, years)
    return {
        "book": book,
        "is_sample": book == "sample",
        "years": years,
        "year": year,
        "is_running": is_running(year),
        "texts": definitions_on(clock.today()),
    }


@login_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The exact number, its forecast, the months, and the ranking of the counties."""
    _reads(request)
    context = _context(request)
    year, book = context["year"], context["book"]
    found = figures.overview(year, book)
    through = max((one.month for one in found.months), default=f"{year}-12")
    target = target_of(year, book=book)
    known, total = stages.known_origin(year, book)
    context |= {
        "found": found,
        "known_fen": known,
        "known": percent(_share(known, total)),
        "target": target,
        "done": percent(None if target is None else _share(found.amount_fen, target.amount_fen)),
        "change": percent(found.change),
        "ranking": [
            (
                place,
                key_label("district", place.district),
                percent(place.change),
                percent(place.percent),
            )
            for place in figures.ranking(year, book, through)
        ],
        "dimensions": TITLES.items(),
        "months": [one.month for one in found.months],
    }
    return render_page(request, "statistics/overview.html", context)


def _share(part: int, whole: int) -> Any:
    return Fraction(100 * part, whole) if whole > 0 else None


@login_required
@require_safe
def sums(request: HttpRequest, dimension: str) -> HttpResponse:
    """One dimension of the ledger: the sums of some months, each with the way to its entries."""
    _reads(request)
    if dimension not in TITLES:
        raise Http404
    context = _context(request)
    year = context["year"]
    since = month_of(request, "since", f"{year}-01")
    through = month_of(request, "through", f"{year}-12")
    lines = figures.sums(context["book"], dimension, since, through)
    context |= {
        "dimension": dimension,
        "title": TITLES[dimension],
        "since": since,
        "through": through,
        "lines": [(line, key_label(dimension, line.key)) for line in lines],
        "overlaps": dimension in OVERLAPPING,
        "dimensions": TITLES.items(),
    }
    if dimension == "flow":
        elsewhere = figures.absorbed_elsewhere(context["book"], since, through)
        here = next((line for line in lines if line.key == "absorb"), figures.Line("", 0, 0, 0))
        context |= {"elsewhere": elsewhere, "absorbed": _absorbed(here, elsewhere)}
    return render_page(request, "statistics/sums.html", context)


def _absorbed(here: figures.Line, elsewhere: figures.Line) -> list[tuple[str, figures.Line]]:
    """吸纳 in its two parts and their sum: no contract stands in both."""
    both = figures.Line(
        "",
        here.contracts + elsewhere.contracts,
        here.amount_fen + elsewhere.amount_fen,
        here.technical_fen + elsewhere.technical_fen,
    )
    return [(_("本市登记的吸纳"), here), (_("外地登记的吸纳"), elsewhere), (_("合计"), both)]


@login_required
@require_safe
def entries(request: HttpRequest) -> HttpResponse:
    """The entries behind a sum. County registrars see those of their own districts."""
    _reads(request)
    context = _context(request)
    year = context["year"]
    dimension = request.GET.get("dimension", "total")
    if not figures.is_dimension(dimension):
        dimension = "total"
    key = request.GET.get("key", "")[:60]
    since = month_of(request, "since", f"{year}-01")
    through = month_of(request, "through", f"{year}-12")
    rows = drilling.entries_listed(request.user, context["book"], dimension, key, since, through)
    context |= {
        "page": paginate(request, rows, size=30),
        "dimension": dimension,
        "key": key,
        "label": key_label(dimension, key) if dimension != "total" else _("全部"),
        "since": since,
        "through": through,
    }
    return render_page(request, "statistics/entries.html", context)


@login_required
@require_safe
def funnel(request: HttpRequest) -> HttpResponse:
    """各环节转化, the plan's three counts, what is on its way, and the share of known origin."""
    _reads(request)
    context = _context(request)
    year, book = context["year"], context["book"]
    known, total = stages.known_origin(year, book)
    context |= {
        "stages": [
            (one, STAGES[one.name], percent(one.percent)) for one in stages.stages(year, book)
        ],
        "counts": stages.counts(year, book),
        "waiting": [(WAITING[name], *row) for name, row in stages.in_the_way(book).items()],
        "known_fen": known,
        "known": percent(_share(known, total)),
    }
    return render_page(request, "statistics/stages.html", context)


@login_required
@require_safe
def registered(request: HttpRequest) -> HttpResponse:
    """The registrar's table by day of registration."""
    _reads(request)
    context = _context(request)
    context["months"] = figures.by_registration_day(context["year"], context["book"])
    return render_page(request, "statistics/registered.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def targets(request: HttpRequest) -> HttpResponse:
    """Targets with their history; those entitled set one."""
    _reads(request)
    may = request.user.has_perm("statistics.set_target")
    form, form_key = None, FormKey(request)
    status = 200
    if request.method == "POST" and not may:
        raise Forbidden
    if may:
        form = TargetForm(request.POST or None)
        if request.method == "POST":
            status = 400
            if form.is_valid():
                try:
                    once(
                        form_key.ticket(),
                        lambda: services.set_target(**form.cleaned_data, actor=request.user),
                        actor=request.user,
                        code=lambda row: str(row.pk),
                    )
                except KeyReused as error:
                    form.add_error(None, str(error))
                    status = error.status
                except InvalidInput as error:
                    form.add_error(None, str(error))
                else:
                    messages.success(request, _("目标已保存"))
                    return redirect("statistics:targets")
    page = paginate(request, queries.target_history())
    names = {row.pk: key_label("district", row.district) for row in page if row.district}
    context = {
        "page": page,
        "rows": [(row, names.get(row.pk, _("全市"))) for row in page],
        "form": form,
        "form_key": form_key,
    }
    return render_page(request, "statistics/targets.html", context, status=status)


@login_required
@require_safe
def check(request: HttpRequest) -> HttpResponse:
    """核验 by official number, for officers of other offices: number, kind, amounts, state."""
    _reads(request, "statistics.check_number")
    number = "".join(request.GET.get("number", "").split())[:20]
    problem = bool(number) and not (
        number.isascii() and number.isdigit() and len(number) in {14, 16}
    )
    found = None if problem else figures.filing_by_number(number)
    context = {
        "number": number,
        "problem": problem,
        "found": found,
        "kind": key_label("kind", found.recognised_type[:2]) if found else "",
    }
    return render_page(request, "statistics/check.html", context, status=400 if problem else 200)


@login_required
@require_safe
@counted("export")
def brief(request: HttpRequest) -> HttpResponseBase:
    """快报 of a month (2026-10) or a quarter (2026-Q3) as a workbook."""
    _reads(request)
    book, period = book_of(request), request.GET.get("period", f"{clock.today():%Y-%m}")
    year, _dash, part = period.partition("-")
    quarters = {"Q1": ("01", "03"), "Q2": ("04", "06"), "Q3": ("07", "09"), "Q4": ("10", "12")}
    months = quarters.get(part, (part, part))
    known = [f"{month:02d}" for month in range(1, 13)]
    if not (year.isascii() and year.isdecimal() and len(year) == 4 and months[0] in known):
        raise InvalidInput({"period": [_("请写月份或季度，例如 2026-10 或 2026-Q3")]})
    chosen = format_of(request)
    asked = int(year), f"{year}-{months[0]}", f"{year}-{months[1]}", book
    name = exports.file_name(_("技术合同登记快报-%(period)s") % {"period": period}, book, chosen)
    if chosen == "csv":
        return csv_file(exports.brief_csv(*asked), name)
    made = exports.brief(*asked)
    return FileResponse(made, as_attachment=True, filename=name, content_type=XLSX_TYPE)


@login_required
@require_safe
def report(request: HttpRequest, year: int) -> HttpResponse:
    """The yearly report, to read and to print."""
    _reads(request)
    book = book_of(request)
    if year not in figures.ledger_years(book):
        raise Http404
    context = report_context(year, book) | {"can_print": exports.can_print()}
    return render_page(request, "statistics/report.html", context)


@login_required
@require_safe
@counted("export")
def report_pdf(request: HttpRequest, year: int) -> HttpResponse:
    """The yearly report as a PDF. 404 on a machine that cannot make one: its page has no link to it."""
    _reads(request)
    book = book_of(request)
    if year not in figures.ledger_years(book) or not exports.can_print():
        raise Http404
    try:
        made = exports.report_pdf(report_context(year, book))
    except ChildFailed as error:
        raise Refused(_("现在不能生成 PDF，请打印网页")) from error
    name = exports.file_name(report_title(year), book, "pdf")
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response


def is_running(year: int) -> bool:
    """Whether the year has not ended."""
    return year >= clock.today().year


def report_title(year: int) -> str:
    """The name of the report: a yearly one once the year has ended, before that with its day."""
    if is_running(year):
        values = {"year": year, "day": f"{clock.today():%Y-%m-%d}"}
        return _("%(year)s 年技术合同登记报告（截至 %(day)s）") % values
    return _("%(year)s 年技术合同登记年度报告") % {"year": year}


def report_context(year: int, book: str) -> dict[str, Any]:
    """What the report of a year says."""
    found = figures.overview(year, book)
    target = target_of(year, book=book)
    known, total = stages.known_origin(year, book)
    by_table = {
        table: figures.sums(book, table, f"{year}-01", f"{year}-12")
        for table in TITLES
        if "." not in table
    }
    return {
        "year": year,
        "title": report_title(year),
        "is_running": is_running(year),
        "book": book,
        "is_sample": book == "sample",
        "found": found,
        "target": target,
        "done": percent(None if target is None else _share(found.amount_fen, target.amount_fen)),
        "known": percent(_share(known, total)),
        "counts": stages.counts(year, book),
        "elsewhere": figures.absorbed_elsewhere(book, f"{year}-01", f"{year}-12"),
        "tables": [
            (
                TITLES[table],
                table in OVERLAPPING,
                any(min(one.contracts, one.amount_fen, one.technical_fen) < 0 for one in lines),
                [(line, key_label(table, line.key)) for line in lines],
            )
            for table, lines in by_table.items()
        ],
        "texts": definitions_on(clock.today()),
        "today": clock.today(),
    }
