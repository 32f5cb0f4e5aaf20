"""The operator's pages: the code lists, their terms, adding, renaming, retiring, restoring."""

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.journal.once import once
from marketplace.journal.queries import history
from marketplace.kernel.errors import Forbidden, InvalidInput, KeyReused, Stale
from marketplace.taxonomy import queries, services
from marketplace.taxonomy.forms import NewTermForm, RetireForm, TermForm
from marketplace.web.onetime import FormKey
from marketplace.web.seen import Seen
from marketplace.web.signed_out import login_required
from marketplace.web.views import render_page


def _permit(request: HttpRequest) -> None:
    if not request.user.has_perm("taxonomy.edit_term"):
        raise Forbidden


def _accepted(form: Form, act: Callable[[dict[str, Any]], object]) -> bool:
    """Run the act on a valid form; what the service finds wrong is shown at its field."""
    if not form.is_valid():
        return False
    try:
        act(form.cleaned_data)
    except InvalidInput as refusal:
        for name, reasons in refusal.errors.items():
            for reason in reasons:
                form.add_error(name if name in form.fields else None, str(reason))
        return False
    return True


@login_required
@never_cache
@require_safe
def list_schemes(request: HttpRequest) -> HttpResponse:
    """Every code list with its source and how many terms it has in use."""
    _permit(request)
    return render_page(request, "taxonomy/scheme_list.html", {"schemes": queries.schemes()})


@login_required
@never_cache
@require_safe
def show_scheme(request: HttpRequest, scheme: str) -> HttpResponse:
    """The terms of one list, retired ones too."""
    _permit(request)
    found = queries.scheme_named(scheme)
    context = {"scheme": found, "rows": queries.table_of(found)}
    return render_page(request, "taxonomy/scheme_detail.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def add_term(request: HttpRequest, scheme: str) -> HttpResponse:
    """A form for a new term."""
    _permit(request)
    found = queries.scheme_named(scheme)
    form = NewTermForm(request.POST if request.method == "POST" else None, scheme=found)
    form_key, reused = FormKey(request), None

    def add(values: dict[str, Any]) -> object:
        return once(
            form_key.ticket(),
            lambda: services.add_term(found, actor=request.user, **values),
            actor=request.user,
        )

    try:
        if form.is_bound and _accepted(form, add):
            messages.success(
                request, _("已新增条目“%(label)s”") % {"label": form.cleaned_data["label"]}
            )
            return redirect("taxonomy:scheme", found.code)
    except KeyReused as error:
        reused = {"url": reverse("taxonomy:edit", args=[found.code, error.made])}
    context = {"scheme": found, "form": form, "form_key": form_key, "key_reused": reused}
    status = KeyReused.status if reused else 400 if form.is_bound else 200
    return render_page(request, "taxonomy/term_form.html", context, status=status)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit_term(request: HttpRequest, scheme: str, code: str) -> HttpResponse:
    """A form for a term's names, and what happened to it."""
    _permit(request)
    found = queries.scheme_named(scheme)
    term = queries.term_of(found, code)
    form = TermForm(request.POST if request.method == "POST" else None, term=term)
    seen, conflict = Seen(request, term.state), None

    def save(values: dict[str, Any]) -> None:
        nonlocal conflict
        conflict = seen.conflict(
            form,
            lambda: services.rename_term(term, actor=request.user, rev=seen.rev, **values),
            saved=vars,
            state=attrgetter("state"),
        )

    if form.is_bound and _accepted(form, save) and conflict is None:
        messages.success(request, _("修改已保存"))
        return redirect("taxonomy:scheme", found.code)
    context = {
        "seen": seen,
        "conflict": conflict,
        "scheme": found,
        "term": term,
        "form": form,
        "history": history("taxonomy.term", term.pk),
    }
    status = 409 if conflict else 400 if form.is_bound else 200
    return render_page(request, "taxonomy/term_form.html", context, status=status)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def retire_term(request: HttpRequest, scheme: str, code: str) -> HttpResponse:
    """Ask for the day, then end the term."""
    _permit(request)
    found = queries.scheme_named(scheme)
    term = queries.term_of(found, code)
    form = RetireForm(request.POST if request.method == "POST" else None)
    seen, is_stale = Seen(request, term.state), False
    try:
        done = form.is_bound and _accepted(
            form,
            lambda values: services.retire_term(term, actor=request.user, rev=seen.rev, **values),
        )
    except Stale as error:
        done, is_stale, term = False, True, error.row
        seen.renew(term.state)
    if done:
        messages.success(request, _("已停用条目“%(label)s”") % {"label": term.label})
        return redirect("taxonomy:scheme", found.code)
    context = {"scheme": found, "term": term, "form": form, "seen": seen, "is_stale": is_stale}
    status = 409 if is_stale else 400 if form.is_bound else 200
    return render_page(request, "taxonomy/term_retire.html", context, status=status)


@login_required
@require_POST
def restore_term(request: HttpRequest, scheme: str, code: str) -> HttpResponse:
    """Undo a retirement."""
    _permit(request)
    found = queries.scheme_named(scheme)
    term = queries.term_of(found, code)
    term = services.restore_term(term, actor=request.user, rev=Seen(request, term.state).rev)
    messages.success(request, _("已恢复条目“%(label)s”") % {"label": term.label})
    return redirect("taxonomy:scheme", found.code)
