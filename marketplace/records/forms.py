"""Why a pack is taken."""

from django import forms
from django.utils.translation import gettext_lazy as _

MOST_PURPOSE = 200


class PurposeForm(forms.Form):
    """The reason, which stays in the journal."""

    purpose = forms.CharField(
        label=_("调取依据和用途"),
        max_length=MOST_PURPOSE,
        help_text=_("例如文号、案号或审计项目名称；会记入操作记录"),
    )
