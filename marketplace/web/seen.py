"""The hidden field `rev` of a form: from which state of a row the page was made."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from marketplace.kernel.errors import Stale
from marketplace.web.differences import Difference, compare

NAME = "rev"
#: Longer than any state that a page of ours was given.
LONGEST = 100


class Seen:
    """`{{ seen }}` in a form; `seen.rev` for the service.

    A form that is shown again because of an error keeps what was sent: whoever mends a typing error
    has not seen what a colleague saved meanwhile. `renew` after the newer state was shown.
    """

    def __init__(self, request: HttpRequest, present: object) -> None:
        sent = request.method == "POST"
        #: What was sent; "" when a page sent nothing, which services refuse.
        self.rev = request.POST.get(NAME, "")[:LONGEST] if sent else ""
        self._shown = self.rev if sent else str(present)

    def renew(self, present: object) -> None:
        """The page now shows this state."""
        self._shown = str(present)

    def conflict(
        self,
        form: Any,
        save: Callable[[], object],
        *,
        saved: Callable[[Any], Mapping[str, Any]],
        state: Callable[[Any], object],
    ) -> list[Difference] | None:
        """Save a valid form; what differs when somebody else has saved meanwhile, None when it is done.

        Nothing typed is lost: the page shows the form again beside what is stored, and the next
        attempt is made knowingly. Who sends what is stored already (a second click) is done too.
        `saved` gives the stored values by field, `state` what `rev` is of.
        """
        try:
            save()
        except Stale as error:
            self.renew(state(error.row))
            return compare(form.fields, saved(error.row), form.cleaned_data) or None
        return None

    def __str__(self) -> SafeString:
        return format_html('<input type="hidden" name="{}" value="{}">', NAME, self._shown)
