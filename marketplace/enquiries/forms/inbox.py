"""How the inbox is narrowed."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.enquiries.queries.inbox import MINE, THEIRS, Asked
from marketplace.enquiries.workflow import Status
from marketplace.listings.kind import kinds
from marketplace.web.forms import JiebangForm, PlainTextField


class InboxForm(JiebangForm):
    """Filters by kind, listing, state and words. Anything that is not known is as if it was not given."""

    turn = forms.ChoiceField(
        required=False,
        choices=[("", ""), (MINE, ""), (THEIRS, "")],
        widget=forms.HiddenInput(),
    )
    kind = forms.ChoiceField(label=_("类别"), required=False)
    status = forms.ChoiceField(
        label=_("状态"), required=False, choices=[("", _("全部")), *Status.choices]
    )
    q = PlainTextField(label=_("标题或单位"), max_length=60, required=False)
    listing = PlainTextField(required=False, max_length=16, widget=forms.HiddenInput())
    unread = forms.BooleanField(label=_("只看未读"), required=False)
    overdue = forms.BooleanField(label=_("只看逾期未答复"), required=False)

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data)
        self.fields["q"].counted = False  # type: ignore[attr-defined]
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            ("", _("全部")),
            *((kind.name, kind.title) for kind in kinds()),
        ]

    @property
    def asked(self) -> Asked:
        """What was chosen, as far as it is known."""
        self.is_valid()
        held = self.cleaned_data
        return Asked(
            turn=held.get("turn", ""),
            kind=held.get("kind", ""),
            listing=held.get("listing", ""),
            status=held.get("status", ""),
            words=held.get("q", ""),
            unread=bool(held.get("unread")),
            overdue=bool(held.get("overdue")),
        )
