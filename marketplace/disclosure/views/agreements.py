"""The agreement: its text for everybody, its confirmation for an organisation, its next version."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.disclosure import queries, services
from marketplace.disclosure.forms import AcceptForm, TextForm
from marketplace.disclosure.models import AgreementText
from marketplace.disclosure.views.shared import PersonRequest
from marketplace.journal.once import once
from marketplace.kernel.errors import Forbidden, InvalidInput, KeyReused, Refused, Stale
from marketplace.parties import queries as parties
from marketplace.parties.policies import access_of
from marketplace.web.acts import at_fields
from marketplace.web.onetime import FormKey
from marketplace.web.seen import Seen
from marketplace.web.signed_out import login_required
from marketplace.web.views import render_page


@require_safe
def show_text(request: HttpRequest) -> HttpResponse:
    """The text that holds now, or the version of `?version=`."""
    typed = request.GET.get("version", "")
    if typed.isascii() and typed.isdecimal() and len(typed) < 6:
        text = queries.text_of_version(int(typed))
    else:
        text = queries.current_text()
    if text is None:
        raise Http404
    context = {"text": text, "versions": queries.texts(), "current": queries.current_text()}
    return render_page(request, "disclosure/agreement_text.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def agreement(request: PersonRequest) -> HttpResponse:
    """What the reader's organisations have confirmed; those who bind one confirm for it."""
    orgs = [row.organization for row in parties.organizations_of(request.user)]
    text = queries.current_text()
    accepted = list(queries.acceptances_of([org.pk for org in orgs]))
    done = {row.organization_id for row in accepted if text and row.text_id == text.pk}
    access = access_of(request.user)
    open_to = [org for org in orgs if org.pk not in done and org.is_verified]
    mine = [org for org in open_to if access.binds(org.pk)]
    if request.method == "POST" and not any(access.binds(org.pk) for org in orgs):
        raise Forbidden(_("需要本单位审核人或管理员确认"))
    posted = request.method == "POST"
    form = AcceptForm(request.POST or None, request.FILES or None, organizations=mine)
    seen, problem, status = Seen(request, text.version if text else 0), "", 200
    if posted:
        status = 400
        try:
            if form.is_valid() and _accept(form, mine, seen, request):
                messages.success(request, _("已在线确认保密协议"))
                return redirect("disclosure:agreement")
        except InvalidInput as error:
            at_fields(form, error)
        except Stale as error:
            problem, status, text = str(error), error.status, error.row
            seen.renew(text.version if text else 0)
        except Refused as error:
            problem, status = str(error), error.status
    context = {
        "text": text,
        "coming": queries.coming_text(),
        "accepted": [(row, queries.scan_of(row)) for row in accepted],
        "done": done,
        "organizations": orgs,
        "form": form if mine else None,
        "waits_for_binder": [org for org in open_to if not access.binds(org.pk)],
        "seen": seen,
        "problem": problem,
        "may_publish": request.user.has_perm("disclosure.publish_text"),
    }
    return render_page(request, "disclosure/agreement.html", context, status=status)


def _accept(form: AcceptForm, orgs: list[Any], seen: Seen, request: PersonRequest) -> bool:
    org = next(row for row in orgs if row.code == form.cleaned_data["organization"])
    text = _seen_text(seen)
    services.accept_agreement(org, text, actor=request.user, scan=form.cleaned_data["scan"] or None)
    return True


def _seen_text(seen: Seen) -> AgreementText:
    """The version that the page showed. Raises InvalidInput when the page does not say, Stale otherwise."""
    typed = str(seen.rev)
    if not typed:
        raise InvalidInput({"": [_("页面没有说明依据哪个版本，请刷新后再提交")]})
    is_number = typed.isascii() and typed.isdecimal() and len(typed) < 6
    text = queries.text_of_version(int(typed)) if is_number else None
    if text is None:
        raise Stale(queries.current_text())
    return text


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def publish_text(request: PersonRequest) -> HttpResponse:
    """The operator publishes the next version of the agreement."""
    if not request.user.has_perm("disclosure.publish_text"):
        raise Forbidden
    newest = queries.texts().first()
    initial = (
        {name: getattr(newest, name) for name in ("title", "body", "title_en", "body_en")}
        if newest
        else None
    )
    form, form_key, reused = TextForm(request.POST or None, initial=initial), FormKey(request), None
    if request.method == "POST" and form.is_valid():
        values = {
            name: value for name, value in form.cleaned_data.items() if name != "effective_on"
        }
        try:
            once(
                form_key.ticket(),
                lambda: services.publish_text(
                    **values, effective_at=form.effective_at, actor=request.user
                ),
                actor=request.user,
                code=lambda text: str(text.version),
            )
        except InvalidInput as error:
            at_fields(
                form,
                InvalidInput({"effective_on": error.errors.get("effective_at", [str(error)])}),
            )
        except KeyReused:
            reused = {"url": ""}
        else:
            messages.success(request, _("新版本已发布"))
            return redirect("disclosure:agreement")
    context = {"form": form, "form_key": form_key, "key_reused": reused, "newest": newest}
    status = KeyReused.status if reused else 400 if request.method == "POST" else 200
    return render_page(request, "disclosure/agreement_publish.html", context, status=status)
