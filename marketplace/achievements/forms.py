"""The three steps in which an achievement is written down."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from marketplace.achievements.rulebook import (
    REQUIRED,
    patent_problem,
    price_problem,
    shares_problem,
)
from marketplace.achievements.workflow import TransferredHow
from marketplace.files.forms import ManyFilesInput
from marketplace.listings.forms import (
    CommonFields,
    ContactFields,
    IndicatorForm,
    NumberField,
    Step,
    TrlField,
    WizardForm,
    cooperation_field,
    terms,
)
from marketplace.web.forms import (
    DateField,
    JiebangForm,
    MoneyFormField,
    PlainTextField,
    RowForm,
    TermField,
    rows_of,
)


class BasicsForm(CommonFields):
    """基本情况与技术方案。"""

    NEEDED = frozenset(REQUIRED)

    title = PlainTextField(
        label=_("成果名称"),
        max_length=80,
        help_text=_("对象加方法加作用，如“烧结钕铁硼晶界扩散低重稀土技术”"),
    )
    innovation = PlainTextField(
        label=_("主要创新点"),
        max_length=300,
        multiline=True,
        rows=3,
        required=False,
        help_text=_("每行一点，最多三行"),
    )
    scenario = PlainTextField(
        label=_("应用场景"),
        max_length=1000,
        multiline=True,
        rows=3,
        required=False,
        help_text=_("用在什么产品、工序或场合，不适用于什么"),
    )
    description = PlainTextField(
        label=_("技术方案"),
        max_length=5000,
        multiline=True,
        rows=8,
        required=False,
        help_text=_("怎么做、做到什么程度、能提供什么"),
    )
    comparison = PlainTextField(
        label=_("与现有方案的比较"),
        max_length=1500,
        multiline=True,
        required=False,
        help_text=_("成本、能耗、良率、投资回收期等，尽量给数字"),
    )
    field_order = [
        *("title", "industry", "field", "chain", "district", "summary", "innovation"),
        *("scenario", "description", "comparison", "keywords"),
    ]

    def clean_innovation(self) -> str:
        """At most three lines; longer texts belong into the description."""
        lines = [line.strip() for line in self.cleaned_data["innovation"].splitlines()]
        kept = [line for line in lines if line]
        if len(kept) > 3:
            raise forms.ValidationError(_("最多写三行，每行一个创新点"))
        return "\n".join(kept)


class AchievementIndicatorForm(IndicatorForm):
    """一项实测指标：数值、检测方法、证据。"""

    comparator = TermField(terms("comparator"), blank=None, label=_("关系"), initial="eq")
    value = NumberField(label=_("数值"))
    value_high = NumberField(label=_("上限（区间）"), required=False)
    evidence = PlainTextField(label=_("证据"), max_length=120, required=False)

    field_order = [
        *("name", "comparator", "value", "value_high", "unit", "method", "evidence"),
    ]

    def clean(self) -> None:
        """A range needs both ends."""
        super().clean()
        self.check_range("value", "value_high", self.cleaned_data.get("comparator", ""))


class PatentForm(RowForm):
    """一项知识产权。"""

    kind = TermField(terms("ip_kind"), label=_("类型"))
    number = PlainTextField(label=_("专利号、申请号或登记号"), max_length=60, required=False)
    title = PlainTextField(label=_("名称"), max_length=120, required=False)
    status = TermField(terms("ip_status"), label=_("状态"), required=False)
    holder = PlainTextField(label=_("权利人"), max_length=120, required=False)
    expires = DateField(label=_("届满日"), required=False)

    def has_changed(self) -> bool:
        """A right may consist of its kind alone, such as 技术秘密."""
        return super().has_changed() or bool(str(self["kind"].data or "").strip())

    def clean(self) -> None:
        """The number fits the kind of right, and its check digit is correct."""
        super().clean()
        data = self.cleaned_data
        if problem := patent_problem(data.get("kind", ""), data.get("number", "")):
            self.add_error("number", problem)


class OwnerShareForm(RowForm):
    """一个权利单位及其份额。"""

    name = PlainTextField(label=_("单位名称"), max_length=120)
    share = NumberField(digits=5, places=2, label=_("份额（%）"), required=False)

    def clean_share(self) -> Any:
        """A share is a percentage with at most two decimals."""
        share = self.cleaned_data["share"]
        if share is not None:
            if not 0 <= share <= 100:
                raise forms.ValidationError(_("份额应在 0 至 100 之间"))
            if share != round(share, 2):
                raise forms.ValidationError(_("份额最多保留两位小数"))
        return share


class InventorForm(RowForm):
    """一位完成人，按贡献排序。"""

    name = PlainTextField(label=_("姓名"), max_length=40)
    title = PlainTextField(label=_("职称或职务"), max_length=40, required=False)
    contribution = PlainTextField(label=_("主要贡献"), max_length=120, required=False)


IndicatorRows = rows_of(AchievementIndicatorForm, most=20)
IndicatorRows.add_label = _("添加一项指标")
PatentRows = rows_of(PatentForm, most=30)
PatentRows.add_label = _("添加一项知识产权")


class OwnerRows(rows_of(OwnerShareForm, most=20)):  # type: ignore[misc]
    """The holders of the rights; their shares add up to 100 per cent."""

    add_label = _("添加一个权利单位")

    def clean(self) -> None:
        """Given shares sum to 100 per cent."""
        super().clean()
        if any(row.errors for row in self.forms):
            return
        shares = [row.cleaned_data.get("share") for row in self.forms if row.has_changed()]
        if problem := shares_problem(shares):
            raise forms.ValidationError(problem)


InventorRows = rows_of(InventorForm, most=30)
InventorRows.add_label = _("添加一位完成人")


class TargetsForm(WizardForm):
    """成熟度、指标与合作条件。"""

    NEEDED = frozenset(REQUIRED)

    trl = TrlField(label=_("技术成熟度"), blank=_("请选择"))
    trl_evidence = PlainTextField(
        label=_("成熟度依据"),
        max_length=300,
        multiline=True,
        rows=2,
        required=False,
        help_text=_("试验规模、运行时间、检测报告、用户证明"),
    )
    stage = TermField(terms("stage"), label=_("所处阶段"), required=False)
    attribute = TermField(terms("attribute"), label=_("成果属性"), required=False)
    level = TermField(terms("level"), label=_("成果水平"), required=False)
    evaluation = PlainTextField(
        label=_("评价、鉴定或获奖情况"),
        max_length=500,
        multiline=True,
        rows=2,
        required=False,
        help_text=_("机构、日期和结论"),
    )
    has_sample = forms.BooleanField(label=_("有样品、样机或可参观的现场"), required=False)
    cooperation = cooperation_field()
    pricing_mode = TermField(terms("pricing"), label=_("定价方式"), required=False)
    price_min = MoneyFormField(label=_("意向价格下限"), required=False)
    price_max = MoneyFormField(
        label=_("意向价格上限"), required=False, help_text=_("都不填即为“面议”")
    )

    def clean(self) -> None:
        """The upper end of the price is not below the lower one."""
        super().clean()
        data = self.cleaned_data
        if problem := price_problem(data.get("price_min"), data.get("price_max")):
            self.add_error("price_max", problem)


class RightsForm(ContactFields):
    """权属、附件与联系。"""

    NEEDED = frozenset(REQUIRED)

    is_state_owned = forms.BooleanField(
        label=_("职务科技成果（国家设立的院所、高校持有）"),
        required=False,
        help_text=_("协议定价的须在本单位公示，《促进科技成果转化法》第十八条"),
    )

    field_order = ["is_state_owned"]


STEPS = (
    Step("basics", _("基本情况"), BasicsForm),
    Step(
        "targets",
        _("指标与条件"),
        TargetsForm,
        rows={"indicators": (IndicatorRows, _("已验证的指标"))},
    ),
    Step(
        "terms",
        _("权属、附件与联系"),
        RightsForm,
        rows={
            "patents": (PatentRows, _("知识产权")),
            "owners": (OwnerRows, _("权属份额")),
            "inventors": (InventorRows, _("完成人")),
        },
        files=True,
    ),
)


class TransferForm(JiebangForm):
    """标记为已转化，并说明怎样转化的。"""

    how = forms.ChoiceField(
        label=_("怎样转化的"),
        choices=TransferredHow.choices,
        widget=forms.RadioSelect,
    )
    note = PlainTextField(
        label=_("简要说明"),
        max_length=500,
        multiline=True,
        required=False,
        help_text=_("会显示在成果页面上，请勿写保密内容"),
    )


class SheetsField(forms.FileField):
    """One file or several, cleaned to a list. The import checks what is in them."""

    widget = ManyFilesInput({"accept": ".xlsx,.csv"})

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        chosen = data or [None]
        return [super(SheetsField, self).clean(item, initial) for item in chosen]


class UploadForm(JiebangForm):
    """上传成果表：代表哪个单位、哪些文件。 `worst` is the status of the page with its errors."""

    worst = 400
    owner = forms.ChoiceField(label=_("代表单位"))
    file = SheetsField(
        label=_("成果表"),
        help_text=_("xlsx 或 csv，不超过 20 MB，一张表最多 20000 行；可以一次选几张表，各成一批"),
        allow_empty_file=True,
    )

    def __init__(self, *args: Any, owners: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owners = {owner.code: owner for owner in owners}
        self.fields["owner"].choices = [  # type: ignore[attr-defined]
            (owner.code, owner.name) for owner in owners
        ]
        if len(owners) == 1:
            self.fields["owner"].initial = owners[0].code

    @property
    def chosen(self) -> Any:
        """The organisation that was chosen."""
        return self.owners[self.cleaned_data["owner"]]


class ConfirmForm(JiebangForm):
    """确认导入：有错误的行怎么办。"""

    mode = forms.ChoiceField(
        label=_("导入方式"),
        choices=[
            ("valid", _("只导入没有错误的行")),
            ("all", _("全部没有错误才导入")),
        ],
        initial="valid",
        widget=forms.RadioSelect,
    )
