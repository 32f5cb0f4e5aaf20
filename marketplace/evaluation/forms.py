"""What experts, operators, purchasers and bidders fill in."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.evaluation.queries import SCHEME
from marketplace.evaluation.rulebook import (
    GROUNDS,
    LEAST_DAYS,
    MOST_DAYS,
    MOST_EMPLOYMENTS,
    MOST_EXCLUSIONS,
    MOST_FIELDS,
    MOST_LINE,
    MOST_MEMBERS,
    MOST_NAME,
    MOST_REASON,
    MOST_TEXT,
    MOST_TITLE,
)
from marketplace.evaluation.services import Application, Work
from marketplace.kernel.clock import end_of_day
from marketplace.taxonomy.queries import Choices
from marketplace.web.forms import (
    ComingDateField,
    DateField,
    JiebangForm,
    PlainTextField,
    RowForm,
    TermMultiField,
    rows_of,
)


class ExpertForm(JiebangForm):
    """What an expert says of himself, beside the rows."""

    title = PlainTextField(
        label=_("职称或职务"), max_length=MOST_TITLE, help_text=_("例如 教授、正高级工程师")
    )
    fields_ = TermMultiField(Choices(SCHEME), label=_("能评审的领域"), most=MOST_FIELDS)
    summary = PlainTextField(
        label=_("专长简介"), max_length=MOST_LINE, required=False, multiline=True, rows=3
    )
    agree = forms.BooleanField(label=_("我已阅读并作出上述承诺"))


class WorkForm(RowForm):
    """One employment."""

    name = PlainTextField(label=_("单位全称"), max_length=MOST_NAME)
    uscc = PlainTextField(label=_("统一社会信用代码（可不填）"), max_length=18, required=False)
    since = DateField(label=_("开始"))
    until = DateField(label=_("结束（在职不填）"), required=False)


class ExclusionForm(RowForm):
    """One organisation that an expert will not judge."""

    name = PlainTextField(label=_("单位全称"), max_length=MOST_NAME)
    uscc = PlainTextField(label=_("统一社会信用代码（可不填）"), max_length=18, required=False)


WorkRows = rows_of(WorkForm, most=MOST_EMPLOYMENTS, least=1, extra=0)
WorkRows.add_label = _("添加一个单位")
ExclusionRows = rows_of(ExclusionForm, most=MOST_EXCLUSIONS, extra=0)
ExclusionRows.add_label = _("添加一个单位")


def application_of(form: ExpertForm, works: Any, excluded: Any) -> Application:
    """What was filled in, for the services."""
    held = form.cleaned_data
    return Application(
        title=held["title"],
        summary=held["summary"],
        fields=held["fields_"],
        works=[Work(row["name"], row["since"], row["until"], row["uscc"]) for row in works.values],
        excluded=[(row["name"], row["uscc"]) for row in excluded.values],
    )


class ReasonForm(JiebangForm):
    """Why."""

    reason = PlainTextField(label=_("原因"), max_length=MOST_REASON, multiline=True, rows=3)


class SuspendForm(ReasonForm):
    """Why an expert is not drawn, and until which day."""

    until = ComingDateField(label=_("暂停至（含当日）"))

    @property
    def instant(self) -> Any:
        """The end of that day, UTC."""
        return end_of_day(self.cleaned_data["until"])


class PanelForm(JiebangForm):
    """How large the panel is, and of which fields its experts are."""

    size = forms.IntegerField(label=_("评审组人数（单数）"), min_value=1, max_value=MOST_MEMBERS)
    fields_ = TermMultiField(
        Choices(SCHEME),
        label=_("专家的领域"),
        help_text=_("包括上级和下级领域；一个都不选时为全部专家。"),
        required=False,
        most=MOST_FIELDS,
    )
    own = PlainTextField(
        label=_("发榜单位的代表（邮箱或手机号，一行一位，可不填）"),
        max_length=500,
        required=False,
        multiline=True,
        rows=2,
        help_text=_("不超过三分之一，须是发榜单位的成员。"),
    )


class AskPanelForm(JiebangForm):
    """What the operator should know who draws the panel."""

    note = PlainTextField(
        label=_("对评审组的建议（可不填）"),
        max_length=MOST_REASON,
        required=False,
        multiline=True,
        rows=2,
        help_text=_("如人数、专业领域；不能指定专家。"),
    )


class ReaderForm(JiebangForm):
    """Who of the purchaser judges alone."""

    reader = forms.ChoiceField(label=_("评审人"))

    def __init__(self, *args: Any, people: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ChoiceField", self.fields["reader"])
        field.choices = [(str(one.pk), one.get_full_name()) for one in people]


class AgreeForm(JiebangForm):
    """The pledge."""

    agree = forms.BooleanField(label=_("我已阅读并作出上述承诺"))


_NONE, _CONFLICT = "none", "conflict"


class DeclareForm(JiebangForm):
    """For each bid: no conflict, or which. `bids` are (code, names)."""

    def __init__(
        self, *args: Any, bids: Sequence[tuple[str, Sequence[str]]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.codes = [code for code, _names in bids]
        for code, names in bids:
            self.fields[f"bid_{code}"] = forms.ChoiceField(
                label="、".join(names),
                widget=forms.RadioSelect,
                choices=[(_NONE, _("没有利害关系")), (_CONFLICT, _("有利害关系，我回避"))],
                error_messages={"required": _("请逐家声明")},
            )
            self.fields[f"reason_{code}"] = PlainTextField(
                label=_("有利害关系的，请说明"), max_length=MOST_REASON, required=False
            )

    @property
    def said(self) -> dict[str, str | None]:
        """None for no conflict, the text of the conflict otherwise; by code of the bid."""
        held = self.cleaned_data
        return {
            code: held[f"reason_{code}"] if held[f"bid_{code}"] == _CONFLICT else None
            for code in self.codes
        }


class ScoreForm(JiebangForm):
    """Points and a comment for each criterion; what was typed is judged by the service."""

    def __init__(self, *args: Any, criteria: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = criteria
        for row in criteria:
            points = PlainTextField(
                label=_("%(name)s（权重 %(weight)s）得分")
                % {"name": row.name, "weight": f"{row.weight.normalize():f}"},
                max_length=20,
                required=False,
                help_text=row.detail or _("0 到 100，最多两位小数"),
                widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            )
            # A number needs no counter of characters.
            points.counted = False
            self.fields[f"points_{row.number}"] = points
            self.fields[f"comment_{row.number}"] = PlainTextField(
                label=_("%(name)s的意见") % {"name": row.name},
                max_length=MOST_REASON,
                required=False,
                multiline=True,
                rows=2,
            )

    @property
    def points(self) -> dict[int, str]:
        """What was typed, by number of criterion."""
        return {row.number: self.cleaned_data[f"points_{row.number}"] for row in self.criteria}

    @property
    def comments(self) -> dict[int, str]:
        """The comments, by number of criterion."""
        return {row.number: self.cleaned_data[f"comment_{row.number}"] for row in self.criteria}


class RejectForm(JiebangForm):
    """Why a bid is out."""

    ground = forms.ChoiceField(label=_("否决的理由"), choices=list(GROUNDS.items()))
    text = PlainTextField(
        label=_("具体依据"),
        max_length=MOST_REASON,
        multiline=True,
        rows=3,
        help_text=_("写明哪一条没有满足，依据方案的哪一处；结果公示时公开。"),
    )


class QuestionForm(JiebangForm):
    """What a bidder is asked to explain."""

    text = PlainTextField(
        label=_("请投标人说明"),
        max_length=MOST_TEXT,
        multiline=True,
        rows=3,
        help_text=_("投标人不知道是谁提问；说明不能改变报价和方案的实质内容。"),
    )
    days = forms.IntegerField(
        label=_("几日内答复"), min_value=LEAST_DAYS, max_value=MOST_DAYS, initial=3
    )


class ExplainForm(JiebangForm):
    """The bidder's answer."""

    answer = PlainTextField(label=_("说明"), max_length=MOST_TEXT, multiline=True, rows=6)


class ReportForm(JiebangForm):
    """The chair's conclusion; of one reader of the purchaser also a reason for each bid. `bids` are (code, names).

    `panel_rev` is the version of the panel whose scores the page showed: the page's own `rev` is that of the seat.
    """

    panel_rev = PlainTextField(max_length=20, required=False, widget=forms.HiddenInput)
    conclusion = PlainTextField(label=_("评审意见"), max_length=MOST_TEXT, multiline=True, rows=5)

    def __init__(
        self, *args: Any, bids: Sequence[tuple[str, Sequence[str]]] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.codes = [code for code, _names in bids]
        for code, names in bids:
            # What is missing is told by the service.
            self.fields[f"reason_{code}"] = PlainTextField(
                label=_("对%(names)s（%(code)s）的理由，公开")
                % {"names": "、".join(names), "code": code},
                max_length=MOST_REASON,
                required=False,
                multiline=True,
                rows=3,
                help_text=_("不要写出单位名称和方案中的保密内容。"),
            )

    def renew(self, rev: int) -> None:
        """The page shows this version of the panel now."""
        # `items` gives the last value of each name; unpacking a QueryDict would give lists.
        self.data = {**dict(self.data.items()), self.add_prefix("panel_rev"): str(rev)}

    @property
    def reasons(self) -> dict[str, str]:
        """What was typed for each bid, by code."""
        return {code: self.cleaned_data[f"reason_{code}"] for code in self.codes}


class SignForm(JiebangForm):
    """A dissent, where there is one."""

    dissent = PlainTextField(
        label=_("不同意见（没有则不填）"),
        max_length=MOST_TEXT,
        required=False,
        multiline=True,
        rows=3,
    )


class ApproachForm(JiebangForm):
    """Who tried to influence, when and how."""

    who = PlainTextField(label=_("谁打的招呼（姓名、单位、职务）"), max_length=MOST_LINE)
    happened_on = DateField(label=_("日期"))
    text = PlainTextField(label=_("经过"), max_length=MOST_TEXT, multiline=True, rows=6)
