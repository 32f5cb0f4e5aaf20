"""What people fill in when they open a tender, ask, answer, change and decide."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.clock import SHANGHAI
from marketplace.tenders.models import Cancellation
from marketplace.tenders.rulebook import (
    CHALLENGE,
    MOST_LINE,
    MOST_REASON,
    MOST_ROWS,
    MOST_SUMMARY,
    MOST_TEXT,
    MOST_TITLE,
    Procedure,
    Sealing,
    Side,
)
from marketplace.tenders.services.drafts import Beginning, Content
from marketplace.web.forms import (
    DateField,
    JiebangForm,
    MoneyFormField,
    PlainTextField,
    RowForm,
    rows_of,
)

FILE_TYPES = ".pdf,.docx,.xlsx,.jpg,.jpeg,.png"


class BeginForm(JiebangForm):
    """The first questions: may it be run here, and how."""

    mandatory = forms.ChoiceField(
        label=_("这个项目属于下面哪一种？"),
        widget=forms.RadioSelect,
        choices=[
            ("free", _("企业自主的研发或技术采购，不属于下面两种")),
            ("law", _("依法必须招标的工程项目或与之有关的货物、服务")),
            ("government", _("国家机关、事业单位、团体组织使用财政性资金的政府采购")),
        ],
    )
    procedure = forms.ChoiceField(label=_("用哪种方式？"), widget=forms.RadioSelect)

    def __init__(
        self, *args: Any, procedures: Sequence[Procedure], has_standing: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ChoiceField", self.fields["procedure"])
        field.choices = [
            (one.name, self._said(one, barred=one.needs_standing and not has_standing))
            for one in procedures
        ]

    @staticmethod
    def _said(one: Procedure, *, barred: bool) -> Any:
        if barred:
            return _("%(label)s（平台尚未登记资格，暂时不能公告）：%(advice)s") % {
                "label": one.label,
                "advice": one.advice,
            }
        return _("%(label)s：%(advice)s") % {"label": one.label, "advice": one.advice}

    @property
    def beginning(self) -> Beginning:
        """What was answered, for the service."""
        held = self.cleaned_data
        return Beginning(held["procedure"], held["mandatory"] == "free")


class ContentForm(JiebangForm):
    """What is wanted and on which terms."""

    title = PlainTextField(label=_("名称"), max_length=MOST_TITLE)
    summary = PlainTextField(
        label=_("公开简介"), max_length=MOST_SUMMARY, multiline=True, rows=3, required=False
    )
    content = PlainTextField(
        label=_("要解决的问题和研究内容"),
        max_length=MOST_TEXT,
        multiline=True,
        rows=10,
        required=False,
    )
    conditions = PlainTextField(
        label=_("对应征方的要求"), max_length=MOST_TEXT, multiline=True, rows=4, required=False
    )
    deliverables = PlainTextField(
        label=_("交付物和验收"), max_length=MOST_TEXT, multiline=True, rows=4, required=False
    )
    ip_terms = PlainTextField(label=_("知识产权归属"), max_length=MOST_LINE, required=False)
    payment = PlainTextField(label=_("付款安排"), max_length=MOST_LINE, required=False)
    contact = PlainTextField(
        label=_("联系方式"),
        max_length=MOST_LINE,
        required=False,
        help_text=_("联系人、电话或邮箱；公开显示，供不能在线办理的人使用"),
    )
    summary_first = forms.BooleanField(label=_("先收方案摘要，入围后再收完整方案"), required=False)
    plan_fee = MoneyFormField(
        label=_("每份入围方案的方案费"),
        required=False,
        help_text=_("没有方案费的不填；只在分两步征集时支付"),
    )
    has_lead = forms.BooleanField(label=_("由领衔科学家组建团队（组阁制）"), required=False)
    is_lump_sum = forms.BooleanField(label=_("经费包干使用（包干制）"), required=False)
    is_city_funded = forms.BooleanField(
        label=_("使用市级财政科技资金"),
        required=False,
        help_text=_("公告前须由主管部门记录专家论证和财务审核"),
    )

    def __init__(self, *args: Any, procedure: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if procedure != CHALLENGE:
            for name in ("has_lead", "is_lump_sum", "is_city_funded"):
                del self.fields[name]

    @property
    def said(self) -> Content:
        """What was typed, for the service."""
        return Content(**self.cleaned_data)


class LotForm(RowForm):
    """One lot."""

    title = PlainTextField(label=_("标段名称"), max_length=MOST_TITLE)
    budget = MoneyFormField(label=_("预算（不填为面议）"), required=False)


class RequirementForm(RowForm):
    """One indicator that a bid answers."""

    name = PlainTextField(label=_("指标"), max_length=40)
    target = PlainTextField(label=_("要求"), max_length=80, help_text=_("例如 ≥ 21 kOe"))
    method = PlainTextField(label=_("检测方法"), max_length=60, required=False)
    must = forms.BooleanField(label=_("必须满足"), required=False, initial=True)


class CriterionForm(RowForm):
    """One criterion with its share of 100."""

    side = forms.ChoiceField(label=_("评审方面"), choices=Side.choices)
    name = PlainTextField(label=_("评审因素"), max_length=60)
    weight = forms.DecimalField(
        label=_("权重"), min_value=Decimal("0.01"), max_value=100, max_digits=5, decimal_places=2
    )
    detail = PlainTextField(label=_("评分说明"), max_length=MOST_LINE, required=False)


LotRows = rows_of(LotForm, most=MOST_ROWS, least=1, extra=0)
RequirementRows = rows_of(RequirementForm, most=MOST_ROWS, extra=0)
CriterionRows = rows_of(CriterionForm, most=MOST_ROWS, least=1, extra=0)


class TimeOfDayField(forms.TimeField):
    """An hour and minute in Asia/Shanghai."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
        super().__init__(**kwargs)


def instant_of(day: Any, time: Any) -> datetime | None:
    """The instant of a day and a time of day in Asia/Shanghai, UTC."""
    if day is None or time is None:
        return None
    return datetime.combine(day, time, tzinfo=SHANGHAI).astimezone(UTC)


class ScheduleForm(JiebangForm):
    """When bids are taken."""

    deadline = DateField(label=_("投标截止日"), required=False, help_text=_("须为工作日"))
    deadline_time = TimeOfDayField(label=_("截止时刻（北京时间）"), required=False)
    starts_at = DateField(
        label=_("开始接收的日期"), required=False, help_text=_("审核通过后立即开始的，不填")
    )
    starts_time = TimeOfDayField(label=_("开始时刻（北京时间）"), required=False)

    @property
    def instants(self) -> dict[str, datetime | None]:
        """Deadline and start, for the service."""
        held = self.cleaned_data
        return {
            "deadline": instant_of(held["deadline"], held["deadline_time"]),
            "starts_at": instant_of(held["starts_at"], held["starts_time"]),
        }

    def clean(self) -> dict[str, Any]:
        """A day has its time."""
        held: dict[str, Any] = super().clean() or self.cleaned_data
        for day, time in (("deadline", "deadline_time"), ("starts_at", "starts_time")):
            if held.get(day) is not None and held.get(time) is None and time not in self.errors:
                self.add_error(time, str(_("请填写时刻，例如 17:00")))
        return held


def schedule_with(values: Mapping[str, Any], reasons: Sequence[Any]) -> ScheduleForm:
    """The stored schedule with what speaks against it at its field: it is saved, and cannot be sent so."""
    sent = {name: value for name, value in values.items() if value is not None}
    form = ScheduleForm(sent, initial=dict(values))
    form.is_valid()
    for reason in reasons:
        form.add_error("deadline", str(reason))
    return form


def schedule_values(deadline: datetime | None, starts_at: datetime | None) -> dict[str, Any]:
    """The stored instants as the form shows them."""
    values: dict[str, Any] = {}
    for name, at in (("deadline", deadline), ("starts", starts_at)):
        local = at.astimezone(SHANGHAI) if at is not None else None
        values["deadline" if name == "deadline" else "starts_at"] = local and local.date()
        values[f"{name}_time"] = local and local.time()
    return values


class KeysForm(JiebangForm):
    """How bids stay unread; who keeps the keys."""

    sealing = forms.ChoiceField(label=_("截止前怎样保密？"), widget=forms.RadioSelect)
    custodians = forms.MultipleChoiceField(
        label=_("密钥保管人"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("加密密封时选择：发布单位、公证或法律服务机构、其他机构各一位，来自不同单位"),
    )
    threshold = forms.IntegerField(
        label=_("开标时至少需要几位到场"), min_value=2, max_value=5, initial=2
    )

    def __init__(
        self, *args: Any, sealings: Sequence[str], custodians: Sequence[Any], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["sealing"]).choices = [
            (name, Sealing(name).label) for name in sealings
        ]
        cast("forms.MultipleChoiceField", self.fields["custodians"]).choices = [
            (one.code, custodian_label(one)) for one in custodians
        ]


def custodian_label(one: Any) -> Any:
    """A custodian by institution, person and kind."""
    return _("%(org)s · %(person)s（%(kind)s）") % {
        "org": one.organization.name,
        "person": one.person.get_full_name(),
        "kind": one.get_kind_display(),
    }


class FileForm(JiebangForm):
    """A document that everybody will be able to read."""

    file = forms.FileField(label=_("文件"), widget=forms.FileInput(attrs={"accept": FILE_TYPES}))


class ReasonForm(JiebangForm):
    """Why."""

    reason = PlainTextField(label=_("原因"), max_length=MOST_REASON, multiline=True, rows=3)


class ScreeningForm(JiebangForm):
    """What the county thinks of it."""

    text = PlainTextField(label=_("初审意见（推荐）"), max_length=MOST_TEXT, multiline=True, rows=4)


class ArgumentForm(JiebangForm):
    """What the experts and finance said."""

    text = PlainTextField(
        label=_("论证专家、结论和财务审核意见"), max_length=MOST_TEXT, multiline=True, rows=6
    )


class CancelForm(JiebangForm):
    """Why a tender is cancelled; everybody reads it."""

    kind = forms.ChoiceField(
        label=_("终止的类别"), widget=forms.RadioSelect, choices=Cancellation.Kind.choices
    )
    reason = PlainTextField(
        label=_("原因（公开显示）"), max_length=MOST_REASON, multiline=True, rows=3
    )


class QuestionForm(JiebangForm):
    """A question. `organizations` are those in whose name the person may ask."""

    organization = forms.ChoiceField(label=_("以哪个单位名义"))
    text = PlainTextField(
        label=_("问题"),
        max_length=MOST_TEXT,
        multiline=True,
        rows=4,
        help_text=_("发布单位和公众都看不到是谁提问；请不要在文字里写明单位。答复后全文公开。"),
    )

    def __init__(self, *args: Any, organizations: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ChoiceField", self.fields["organization"])
        field.choices = [(org.code, org.name) for org in organizations]
        if len(organizations) == 1:
            field.widget = forms.HiddenInput()
            self.initial.setdefault("organization", organizations[0].code)


class AnswerForm(JiebangForm):
    """The answer, public at once."""

    text = PlainTextField(label=_("答复（公开显示）"), max_length=MOST_TEXT, multiline=True, rows=4)


class AmendForm(JiebangForm):
    """A change of what was published."""

    reason = PlainTextField(
        label=_("变更的原因（公开显示）"), max_length=MOST_REASON, multiline=True, rows=2
    )
    summary = PlainTextField(
        label=_("公开简介"), max_length=MOST_SUMMARY, multiline=True, rows=3, required=False
    )
    content = PlainTextField(
        label=_("要解决的问题和研究内容"),
        max_length=MOST_TEXT,
        multiline=True,
        rows=8,
        required=False,
    )
    conditions = PlainTextField(
        label=_("对应征方的要求"), max_length=MOST_TEXT, multiline=True, rows=4, required=False
    )
    deliverables = PlainTextField(
        label=_("交付物和验收"), max_length=MOST_TEXT, multiline=True, rows=4, required=False
    )
    ip_terms = PlainTextField(label=_("知识产权归属"), max_length=MOST_LINE, required=False)
    payment = PlainTextField(label=_("付款安排"), max_length=MOST_LINE, required=False)
    contact = PlainTextField(label=_("联系方式"), max_length=MOST_LINE, required=False)
    deadline = DateField(label=_("投标截止日"), required=False, help_text=_("只能推迟"))
    deadline_time = TimeOfDayField(label=_("截止时刻（北京时间）"), required=False)
    custodians = forms.MultipleChoiceField(
        label=_("密钥保管人"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("更换后，已经提交的方案都要重新密封"),
    )

    def __init__(
        self, *args: Any, custodians: Sequence[Any], is_sealed: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if is_sealed:
            cast("forms.MultipleChoiceField", self.fields["custodians"]).choices = [
                (one.code, custodian_label(one)) for one in custodians
            ]
        else:
            del self.fields["custodians"]

    @property
    def deadline_instant(self) -> datetime | None:
        """The deadline that was typed, UTC."""
        held = self.cleaned_data
        return instant_of(held.get("deadline"), held.get("deadline_time"))


class StandingForm(JiebangForm):
    """By which act of which body the platform may run tenders under the law."""

    body = PlainTextField(label=_("认定机关"), max_length=120)
    basis = PlainTextField(label=_("文件名称和文号"), max_length=MOST_LINE)
