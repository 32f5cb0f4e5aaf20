"""How the templates of tenders show what an amendment changes."""

from datetime import datetime
from typing import Any

from django import template
from django.utils.translation import gettext as _

from marketplace.tenders.forms import AmendForm
from marketplace.tenders.rulebook import in_words
from marketplace.web.differences import Difference

register = template.Library()


@register.filter
def change_rows(amendment: Any) -> list[Difference]:
    """What an amendment changes, field by field, before and after in words."""
    labels = AmendForm.base_fields
    return [
        Difference(str(labels[name].label), _said(name, before), _said(name, after))
        for name, (before, after) in amendment.changes.items()
        if name in labels
    ]


def _said(name: str, value: Any) -> str:
    if name == "deadline":
        return in_words(datetime.fromisoformat(value))
    if isinstance(value, list):
        return "、".join(value)
    return str(value) or _("（空）")
