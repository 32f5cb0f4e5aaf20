"""Input of the operator's pages: a new term, its names, the day it ends."""

import datetime as dt
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel import clock
from marketplace.taxonomy import queries
from marketplace.taxonomy.models import Scheme, Shape, Term
from marketplace.web.forms import DateField, EitherField, JiebangForm, PlainTextField, TermField

_CODE = RegexValidator(r"\A[a-z0-9]+(_[a-z0-9]+)*\Z", _("代码只能用小写字母、数字和下划线"))


class TermForm(JiebangForm):
    """What a term is called and where it stands."""

    label = PlainTextField(label=_("名称"), max_length=80)
    label_en = PlainTextField(
        label=_("英文名称"),
        max_length=160,
        required=False,
        help_text=_("留空时英文页面显示中文名称"),
    )
    note = PlainTextField(label=_("说明"), max_length=300, required=False, multiline=True, rows=2)
    order = forms.IntegerField(
        label=_("排序"),
        min_value=0,
        max_value=100_000,
        help_text=_("同级条目按数字从小到大排列"),
    )

    def __init__(self, *args: Any, term: Term | None = None, **kwargs: Any) -> None:
        if term is not None:
            kwargs["initial"] = {
                name: getattr(term, name) for name in ("label", "label_en", "note", "order")
            }
        super().__init__(*args, **kwargs)


class NewTermForm(TermForm):
    """A term that is not there yet: its code can't be changed later."""

    order = None  # type: ignore[assignment]
    field_order = ["parent", "code", "label", "label_en", "note", "valid_from"]

    parent = TermField(list, label=_("上级条目"), required=False, blank=_("无（作为一级条目）"))
    code = PlainTextField(
        label=_("代码"),
        max_length=24,
        validators=[_CODE],
        help_text=_("保存后不能修改；只用小写字母、数字和下划线"),
    )
    valid_from = DateField(label=_("启用日期"))

    def __init__(self, *args: Any, scheme: Scheme, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"valid_from": clock.today()})
        super().__init__(*args, **kwargs)
        if scheme.shape == Shape.FLAT:
            del self.fields["parent"]
        else:
            parent: Any = self.fields["parent"]
            parent.choices = [("", parent.blank), *queries.parents_in(scheme)]


class RetireForm(JiebangForm):
    """The day from which a term can't be chosen any more."""

    on = DateField(
        label=_("停用日期"),
        help_text=_("自这一天起不能再选用；已经用到它的需求和成果照常显示"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"on": clock.today()})
        super().__init__(*args, **kwargs)


class WorkingDayForm(JiebangForm):
    """A day that differs from Monday to Friday, and what it follows from."""

    date = DateField(label=_("日期"))
    is_working = EitherField(label=_("这一天"), yes=_("上班（调休）"), no=_("放假"))
    source = PlainTextField(
        label=pgettext_lazy("basis", "依据"),
        max_length=200,
        help_text=_("例如：春节放假，国办发明电〔2026〕7号"),
    )

    def __init__(self, *args: Any, year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._year = year

    def clean_date(self) -> dt.date:
        """Only a day of the year that the page shows: its `rev` is the one that was seen."""
        day: dt.date = self.cleaned_data["date"]
        if day.year != self._year:
            wrong = _("请填写 %(year)s 年的日期") % {"year": str(self._year)}
            raise forms.ValidationError(wrong, code="year")
        return day


class RemoveDayForm(JiebangForm):
    """The day that is taken out."""

    date = DateField(label=_("日期"))


class MarkYearForm(JiebangForm):
    """The notice that a year was entered from."""

    source = PlainTextField(
        label=pgettext_lazy("basis", "依据"),
        max_length=200,
        required=False,
        help_text=_("国务院办公厅放假通知的名称或文号"),
    )
