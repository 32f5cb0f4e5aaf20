"""Sign-in and sign-up by tab, profile, security and tokens. The rest of accounts is allauth's."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from allauth.account import views as account
from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required

from marketplace.journal.once import once
from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput, KeyReused
from marketplace.parties import queries, services
from marketplace.parties.forms import ProfileForm, TokenForm
from marketplace.parties.models import User
from marketplace.parties.services.people import CONSENT_VERSION
from marketplace.parties.views.signed_in import MemberRequest
from marketplace.web.acts import at_fields
from marketplace.web.onetime import FormKey
from marketplace.web.seen import Seen
from marketplace.web.signed_out import login_required
from marketplace.web.views import render_page


class ByContactMixin:
    """Two tabs, by e-mail address or by number, as two addresses of the same page."""

    request: HttpRequest

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_form_kwargs()  # type: ignore[misc]
        return {**kwargs, "by": self.by}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        return {**context, "by": self.by}

    @property
    def by(self) -> str:
        """Which tab is open."""
        asked = self.request.POST.get("by") or self.request.GET.get("by")
        return "phone" if asked == "phone" else "email"


class LoginView(ByContactMixin, account.LoginView):
    """Sign-in."""


class SignupView(ByContactMixin, account.SignupView):
    """Sign-up."""


@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    """The terms of use."""
    return render_page(request, "parties/terms.html", {"version": CONSENT_VERSION})


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """The privacy notice (PIPL art. 17)."""
    return render_page(request, "parties/privacy.html", {"version": CONSENT_VERSION})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: MemberRequest) -> HttpResponse:
    """Name and language; contacts are changed on pages of their own, after the password."""
    user = request.user
    form = ProfileForm(request.POST or None, initial={"name": user.name, "language": user.language})
    seen, conflict = Seen(request, queries.profile_state(user)), None
    if request.method == "POST" and form.is_valid():

        def save() -> object:
            return services.change_profile(user, **form.cleaned_data, rev=seen.rev)

        def saved(row: User) -> dict[str, Any]:
            return {"name": row.name, "language": row.language}

        try:
            conflict = seen.conflict(form, save, saved=saved, state=queries.profile_state)
        except InvalidInput as error:
            at_fields(form, error)
        else:
            if conflict is None:
                messages.success(request, _("个人资料已保存"))
                return redirect("parties:profile")
    context = {"form": form, "seen": seen, "conflict": conflict}
    status = 409 if conflict else 400 if form.is_bound else 200
    return render_page(request, "parties/person_profile.html", context, status=status)


@login_required
@require_safe
def security(request: MemberRequest) -> HttpResponse:
    """Password, second factor, sessions, tokens at a glance."""
    context = {
        "has_factor": queries.has_second_factor(request.user),
        "needs_factor": request.user.access.is_staff,
        "tokens": queries.tokens_of(request.user),
        "sign_ins": queries.recent_sign_ins(request.user),
    }
    return render_page(request, "parties/person_security.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: MemberRequest) -> HttpResponse:
    """The keys to the API; a new one is shown once, on the answer to the form."""
    form = TokenForm(request.POST or None)
    form_key, reused, fresh = FormKey(request), None, None
    if request.method == "POST":
        raise_if_reauthentication_required(request, app="allauth.account")
        if form.is_valid():
            data = form.cleaned_data
            ends = clock.now() + timedelta(days=int(data["days"]))

            def create() -> queries.FreshToken:
                return services.create_token(
                    request.user, name=data["name"], scope=data["scope"], expires_at=ends
                )

            try:
                made = once(form_key.ticket(), create, actor=request.user, code=_code_of)
            except InvalidInput as error:
                at_fields(form, error)
            except KeyReused:
                reused = {"url": ""}
            else:
                if not made.is_new:
                    # A second click. The secret can be read on the first answer only.
                    text = _("令牌已创建，密钥只在第一次显示；没有记下时请撤销后重新创建")
                    messages.warning(request, text)
                    return redirect("parties:tokens")
                fresh, form = made.thing, TokenForm()
    context = {
        "form": form,
        "fresh": fresh,
        "tokens": queries.tokens_of(request.user),
        "form_key": form_key,
        "key_reused": reused,
    }
    status = KeyReused.status if reused else 400 if form.errors else 200
    return render_page(request, "parties/person_tokens.html", context, status=status)


def _code_of(fresh: queries.FreshToken) -> str:
    return fresh.token.code


@login_required
@require_POST
def token_revoke(request: MemberRequest, code: str) -> HttpResponse:
    """Revoke one of one's own keys."""
    services.revoke_token(queries.token_of(request.user, code), actor=request.user)
    messages.success(request, _("令牌已撤销"))
    return redirect("parties:tokens")
