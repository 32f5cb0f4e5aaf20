"""The page on which a reader sees just the confidential part, whatever has become of the listing."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from marketplace.disclosure import queries, services
from marketplace.disclosure.models import Reading
from marketplace.disclosure.views.shared import PersonRequest
from marketplace.files.queries import attachments_of
from marketplace.kernel.errors import Forbidden, Refused
from marketplace.web.signed_out import login_required
from marketplace.web.views import fetch, render_page


@login_required
@require_safe
def read(request: PersonRequest, code: str) -> HttpResponse:
    """The confidential part that this grant opens: text and files. 403 with the reason when it is shut."""
    grant = fetch(
        queries.visible_to(request.user), code, actor=request.user, view="disclosure.view_grant"
    )
    named = (grant.subject_kind, grant.subject_id, grant.owner_id)
    subject = queries.subject_named(grant.subject_kind, grant.subject_id)
    opened = queries.opening(request.user, *named)
    if opened is None or opened.grant.pk != grant.pk:
        raise Forbidden(queries.why_shut(request.user, *named) or _("这份授权没有对你开放"))
    if subject is None:
        raise Refused(_("这条信息已被删除"))
    if request.method != "HEAD":
        services.record_reading(subject, what=Reading.What.PAGE, actor=request.user)
    files = attachments_of(subject.kind, subject.pk, audience="restricted")
    context = {
        "grant": grant,
        "subject": subject,
        "opened": opened,
        "names_owner": queries.named_grants(request.user, [(grant, subject)])[grant.pk],
        "files": [row for row in files if subject.discloses(row.code)],
    }
    return render_page(request, "disclosure/grant_read.html", context)
