"""A person's notices: list, open, mark all read, mail switches."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.notices import queries, services
from marketplace.notices.forms import PreferencesForm
from marketplace.web.seen import Seen
from marketplace.web.signed_out import login_required
from marketplace.web.views import paginate

PAGE_SIZE = 20


@login_required
@never_cache
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """The list, unread first."""
    page = paginate(request, queries.notices_of(request.user), size=PAGE_SIZE)
    return render(
        request,
        "notices/notice_list.html",
        {"page": page, "has_unread": queries.unread_count(request.user) > 0},
    )


@login_required
@never_cache
@require_safe
def open_notice(request: HttpRequest, code: str) -> HttpResponse:
    """Mark as read and go on to what the notice is about; one without an address is shown."""
    notice = queries.notice_of(request.user, code)
    if request.method == "GET":
        services.mark_read(notice)
    if notice.url and services.is_own_path(notice.url):
        return redirect(services.path_in(notice.url, get_language() or ""))
    return render(request, "notices/notice_detail.html", {"notice": notice})


@login_required
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark everything as read."""
    if services.mark_all_read(request.user):
        messages.success(request, _("已全部标为已读"))
    return redirect("notices:list")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """Which kinds come by mail."""
    form = PreferencesForm(request.POST if request.method == "POST" else None, user=request.user)
    seen, conflict = Seen(request, queries.mail_state(request.user)), None
    if request.method == "POST" and form.is_valid():
        conflict = seen.conflict(
            form,
            lambda: services.choose_mail(request.user, form.cleaned_data["mail"], rev=seen.rev),
            saved=lambda user: {
                "mail": [choice.kind for choice in queries.mail_choices(user) if choice.mail]
            },
            state=queries.mail_state,
        )
        if conflict is None:
            messages.success(request, _("通知设置已保存"))
            return redirect(reverse("notices:preferences"))
    context = {"form": form, "seen": seen, "conflict": conflict}
    status = 409 if conflict else 400 if form.is_bound else 200
    return render(request, "notices/preference_form.html", context, status=status)
