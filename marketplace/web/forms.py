"""Everything a slice needs for its forms, in one import."""

from marketplace.web.fields import (
    ComingDateField,
    DateField,
    EitherField,
    KeywordsField,
    MoneyFormField,
    PhoneField,
    PlainTextField,
    TermField,
    TermMultiField,
)
from marketplace.web.formbase import FormMixin, JiebangForm, JiebangModelForm
from marketplace.web.rows import RowForm, RowsFormSet, rows_of

__all__ = [
    "ComingDateField",
    "DateField",
    "EitherField",
    "FormMixin",
    "JiebangForm",
    "JiebangModelForm",
    "KeywordsField",
    "MoneyFormField",
    "PhoneField",
    "PlainTextField",
    "RowForm",
    "RowsFormSet",
    "TermField",
    "TermMultiField",
    "rows_of",
]
