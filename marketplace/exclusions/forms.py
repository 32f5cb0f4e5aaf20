"""What the operator and the authority fill in."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from marketplace.exclusions import queries
from marketplace.exclusions.models import Decision
from marketplace.exclusions.rulebook import (
    FIELDS,
    MOST_FIELDS,
    MOST_NAME,
    MOST_NOTE,
    MOST_NUMBER,
    MOST_REASON,
    MOST_URL,
    SCOPES,
    VERSION,
    is_area,
    plain,
)
from marketplace.exclusions.services import Content, faults
from marketplace.files.forms import reason_against
from marketplace.kernel import clock
from marketplace.taxonomy.queries import Choices
from marketplace.web.forms import DateField, JiebangForm, PlainTextField, TermMultiField

_SEPARATORS = re.compile(r"[、,，;；\s]+")
#: Fields that are no part of what a decision says.
_BESIDE = ("file", "reason")
#: Fields of the form that are called otherwise than in the services: `fields` is taken by Django.
FORM_NAMES = {"fields": "fields_"}
#: What stands for "everywhere" in a sheet.
_EVERYWHERE = frozenset({"全国", "不限", "nationwide"})


class DecisionForm(JiebangForm):
    """What a decision says. What its columns must hold together is judged by the service."""

    #: Whether the document is stored already.
    has_file = False

    kind = forms.ChoiceField(
        label=_("决定的对象"), choices=Decision.Kind.choices, widget=forms.RadioSelect
    )
    name = PlainTextField(label=_("单位名称或姓名"), max_length=MOST_NAME)
    uscc = PlainTextField(
        label=_("统一社会信用代码"),
        max_length=40,
        required=False,
        help_text=_("对象是单位时必填。"),
    )
    note = PlainTextField(
        label=_("身份说明"),
        max_length=MOST_NOTE,
        required=False,
        help_text=_("对象是个人时必填，如原单位和职务；用于辨认本人，不公开。"),
    )
    account = PlainTextField(
        label=_("本人账号的邮箱或手机号"),
        max_length=254,
        required=False,
        help_text=_("确认是同一人之后再填；同名不能证明是同一人，不填则不影响任何账号。"),
    )
    body = PlainTextField(label=_("作出决定的机关"), max_length=MOST_NAME)
    number = PlainTextField(label=_("文号"), max_length=MOST_NUMBER)
    decided_on = DateField(label=_("作出决定的日期"))
    scopes = forms.MultipleChoiceField(
        label=_("禁止的事项"),
        choices=lambda: [(one.name, one.label) for one in SCOPES[VERSION]],
        widget=forms.CheckboxSelectMultiple,
    )
    areas = PlainTextField(
        label=_("地域"),
        max_length=400,
        required=False,
        help_text=_(
            "六位行政区划代码或本市区县名称，多个用顿号隔开；省写 370000。全国有效则不填。"
        ),
    )
    fields_ = TermMultiField(
        Choices(FIELDS),
        label=_("领域"),
        required=False,
        most=MOST_FIELDS,
        help_text=_("一个都不选时为各领域。"),
    )
    starts_on = DateField(label=_("期限的第一天"))
    last_on = DateField(
        label=_("期限的最后一天"),
        required=False,
        help_text=_("决定没有写明截止日期的不填。"),
    )
    source = PlainTextField(
        label=_("决定的链接"),
        max_length=MOST_URL,
        required=False,
        help_text=_("机关网站上的原文；没有公开的，请上传决定书。"),
    )
    file = forms.FileField(label=_("决定书"), required=False)

    def clean_areas(self) -> list[str]:
        """Codes of areas; names of the city's districts are read too."""
        text = self.cleaned_data["areas"]
        if plain(text) in _EVERYWHERE:
            return []
        known = queries.areas_by_name()
        found = [known.get(plain(one), one) for one in _SEPARATORS.split(text) if one]
        if wrong := [one for one in found if not is_area(one)]:
            reason = _("“%(text)s”不是行政区划代码，也不是本市的区县")
            raise ValidationError(reason, params={"text": wrong[0][:30]})
        return found

    def clean_file(self) -> Any:
        """What the name and size alone can tell; the service reads the rest."""
        upload = self.cleaned_data["file"]
        if upload and (reason := reason_against(upload)):
            raise ValidationError(reason)
        return upload

    def clean(self) -> dict[str, Any]:
        """Let the service judge what can be read, so that one answer tells everything that is wrong."""
        held: dict[str, Any] = super().clean() or self.cleaned_data
        blank = {"kind": "", "name": "", "decided_on": None, "starts_on": None}
        said = blank | {
            "fields" if name == "fields_" else name: value
            for name, value in held.items()
            if name not in _BESIDE
        }
        has_file = self.has_file or bool(self.files.get("file"))
        for name, reasons in faults(Content(**said), has_file=has_file).items():
            at = FORM_NAMES.get(name, name)
            if at in self.fields and at not in self.errors:
                self.add_error(at, [str(reason) for reason in reasons])
        return held

    @property
    def content(self) -> Content:
        """What was filled in, for the services."""
        held = {name: value for name, value in self.cleaned_data.items() if name not in _BESIDE}
        return Content(**{"fields" if name == "fields_" else name: held[name] for name in held})


class CorrectForm(DecisionForm):
    """The same with the reason of the correction. The file stays the one that was uploaded."""

    file = None  # type: ignore[assignment]
    reason = PlainTextField(label=_("更正的原因"), max_length=MOST_REASON, multiline=True, rows=2)

    def __init__(self, *args: Any, has_file: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.has_file = has_file


def initial_of(row: Decision) -> dict[str, Any]:
    """A row as the form shows it."""
    return {
        "kind": row.kind,
        "name": row.name,
        "uscc": row.uscc,
        "note": row.note,
        "account": queries.account_of(row),
        "body": row.body,
        "number": row.number,
        "decided_on": row.decided_on,
        "scopes": row.scopes,
        "areas": "、".join(row.areas),
        "fields_": row.fields,
        "starts_on": clock.day_of(row.starts_at),
        "last_on": clock.last_day(row.ends_at) if row.ends_at is not None else None,
        "source": row.source,
    }


class LiftForm(JiebangForm):
    """By which document a decision was lifted, and since when."""

    number = PlainTextField(label=_("解除文件的文号"), max_length=MOST_NUMBER)
    lifted_on = DateField(label=_("自哪一天起解除"))
    source = PlainTextField(label=_("解除文件的链接"), max_length=MOST_URL, required=False)


class VoidForm(JiebangForm):
    """Why a row was a mistake."""

    reason = PlainTextField(
        label=_("作废的原因"),
        max_length=MOST_REASON,
        multiline=True,
        rows=2,
        help_text=_("只用于录错的记录；决定被机关撤销或解除的，请登记解除。"),
    )


class SheetForm(JiebangForm):
    """A sheet of decisions."""

    file = forms.FileField(label=_("表格（.xlsx 或 .csv）"))
