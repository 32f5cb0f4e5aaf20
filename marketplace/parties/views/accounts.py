"""Sign-in and sign-up by tab, profile, security and tokens. The rest of accounts is allauth's."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from allauth.account import views as account
from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required

from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput
from marketplace.parties import queries, services
from marketplace.parties.forms import ProfileForm, TokenForm
from marketplace.parties.services.people import CONSENT_VERSION
from marketplace.parties.views.show import at_fields
from marketplace.parties.views.signed_in import MemberRequest
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
    if request.method == "POST" and form.is_valid():
        services.change_profile(user, **form.cleaned_data)
        messages.success(request, _("个人资料已保存"))
        return redirect("parties:profile")
    status = 400 if form.is_bound else 200
    return render_page(request, "parties/person_profile.html", {"form": form}, status=status)


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
    fresh = None
    if request.method == "POST":
        raise_if_reauthentication_required(request, app="allauth.account")
        if form.is_valid():
            data = form.cleaned_data
            ends = clock.now() + timedelta(days=int(data["days"]))
            try:
                fresh = services.create_token(
                    request.user, name=data["name"], scope=data["scope"], expires_at=ends
                )
                form = TokenForm()
            except InvalidInput as error:
                at_fields(form, error)
    context = {"form": form, "fresh": fresh, "tokens": queries.tokens_of(request.user)}
    status = 400 if form.errors else 200
    return render_page(request, "parties/person_tokens.html", context, status=status)


@login_required
@require_POST
def token_revoke(request: MemberRequest, code: str) -> HttpResponse:
    """Revoke one of one's own keys."""
    services.revoke_token(queries.token_of(request.user, code), actor=request.user)
    messages.success(request, _("令牌已撤销"))
    return redirect("parties:tokens")
