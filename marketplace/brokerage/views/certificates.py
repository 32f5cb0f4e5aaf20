"""A certificate of one's own entry: add, change, remove, with its scans."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from marketplace.brokerage import queries, services
from marketplace.brokerage.forms import CertificateForm
from marketplace.brokerage.models import Broker, Certificate
from marketplace.brokerage.services.entry import SCAN
from marketplace.brokerage.views.shared import add_files, own_entry, refuse_closed
from marketplace.files import queries as files
from marketplace.files.forms import wanted_removals
from marketplace.journal.once import once
from marketplace.kernel.codes import is_valid_code
from marketplace.kernel.errors import InvalidInput, KeyReused, NotVisible, Stale
from marketplace.web.acts import at_fields
from marketplace.web.differences import compare
from marketplace.web.onetime import FormKey
from marketplace.web.seen import Seen
from marketplace.web.signed_out import login_required
from marketplace.web.views import render_page


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def certificate_new(request: HttpRequest, code: str) -> HttpResponse:
    """A certificate more, with its scan."""
    broker = own_entry(request, code)
    refuse_closed(broker)
    bound = request.method == "POST"
    form = CertificateForm(request.POST if bound else None, request.FILES if bound else None)
    form_key, actor = FormKey(request), request.user
    if bound and form.is_valid():
        try:
            made = once(
                form_key.ticket(),
                lambda: services.save_certificate(broker, form.values, actor=actor),  # type: ignore[arg-type]
                actor=actor,
            )
        except KeyReused as error:
            form.add_error(None, str(error))
            form.status = error.status
        except InvalidInput as error:
            at_fields(form, error)
        else:
            held = _certificate(broker, made.code)
            if not add_files(request, form, {"scans": services.add_scans}, held):
                messages.success(request, _("证书已保存"))
                return redirect("brokerage:entry", code)
            # The certificate is there; its page shows which scan was refused and takes another.
            for reasons in form.errors.values():
                messages.error(request, " ".join(str(reason) for reason in reasons))
            return redirect("brokerage:certificate", code, made.code)
    context = {"broker": broker, "form": form, "form_key": form_key}
    return render_page(
        request,
        "brokerage/certificate_edit.html",
        context,
        status=form.status if bound else 200,
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def certificate(request: HttpRequest, code: str, certificate: str) -> HttpResponse:
    """Change a certificate, its scans, or take it out of the entry."""
    broker = own_entry(request, code)
    row = _certificate(broker, certificate)
    refuse_closed(broker)
    bound = request.method == "POST"
    form = CertificateForm(
        request.POST if bound else None,
        request.FILES if bound else None,
        initial=_certificate_values(row),
    )
    seen, conflict, actor = Seen(request, broker.rev), None, request.user
    try:
        if bound and "remove" in request.POST:
            services.remove_certificate(broker, row, actor=actor, rev=seen.rev)  # type: ignore[arg-type]
            messages.success(request, _("证书已删除"))
            return redirect("brokerage:entry", code)
        if bound and (removing := wanted_removals(request.POST)):
            services.remove_scans(row, removing, actor=actor, rev=seen.rev)  # type: ignore[arg-type]
            return redirect("brokerage:certificate", code, row.code)
        if bound and form.is_valid():
            services.save_certificate(broker, form.values, row, actor=actor, rev=seen.rev)  # type: ignore[arg-type]
            if not add_files(request, form, {"scans": services.add_scans}, row):
                messages.success(request, _("证书已保存"))
                return redirect("brokerage:entry", code)
            seen.renew(queries.brokers().get(pk=broker.pk).rev)
    except Stale as error:
        row.refresh_from_db()
        typed = getattr(form, "cleaned_data", {})
        conflict = compare(form.fields, _certificate_values(row), typed)
        seen.renew(error.row.rev)
    except InvalidInput as error:
        at_fields(form, error)
    context = {
        "broker": broker,
        "certificate": row,
        "form": form,
        "seen": seen,
        "conflict": conflict,
        "scans": files.file_rows(files.attachments_of(SCAN, row.pk), remove_name="remove_file"),
    }
    status = Stale.status if conflict is not None else form.status if bound else 200
    return render_page(request, "brokerage/certificate_edit.html", context, status=status)


def _certificate(broker: Broker, code: str) -> Certificate:
    found = broker.certificates.filter(code=code).first() if is_valid_code(code) else None
    if found is None:
        raise NotVisible
    return found


def _certificate_values(row: Certificate) -> dict[str, Any]:
    names = ("scheme", "level", "name", "number", "issuer", "valid_from", "valid_until")
    return {name: getattr(row, name) for name in names}
