"""The form that compares a contract with its text."""

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.web.forms import JiebangForm

#: Requests with files that one person may send, counted together with those of other pages.
UPLOADS = "60/h"


class TextForm(JiebangForm):
    """One DOCX, which is read and not kept."""

    file = forms.FileField(
        label=_("合同文本（docx）"),
        help_text=_("不超过 10 MB，不能有宏和密码。只用于比对，读取后即删除。"),
        widget=forms.ClearableFileInput(
            attrs={
                "accept": ".docx,application/vnd.openxmlformats-officedocument.wordprocessingml.document"
            }
        ),
    )
