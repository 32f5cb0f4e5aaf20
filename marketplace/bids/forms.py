"""What a bid says: short and structured, the same fields whether it is sealed or hidden by rights."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.bids.rulebook import (
    FORM_VERSION,
    MOST_ABOVE,
    MOST_ANSWER,
    MOST_DAYS,
    MOST_FILES,
    MOST_MILESTONES,
    MOST_NAME,
    MOST_PARTNERS,
    MOST_SCHEME,
    MOST_SUMMARY,
    MOST_TEAM,
)
from marketplace.files.forms import UploadsField
from marketplace.kernel.errors import InvalidInput
from marketplace.tenders.models import Tender
from marketplace.web.forms import JiebangForm, MoneyFormField, PlainTextField, RowForm, rows_of


class BeginForm(JiebangForm):
    """In whose name, and for which lot."""

    organization = forms.ChoiceField(label=_("以哪个单位的名义参加"))
    lot = forms.ChoiceField(label=_("标段"))

    def __init__(
        self, *args: Any, organizations: Sequence[Any], lots: Sequence[Any], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (
            ("organization", [(org.code, org.name) for org in organizations]),
            ("lot", [(str(lot.number), f"{lot.number} {lot.title}") for lot in lots]),
        ):
            self.fields[name].choices = choices  # type: ignore[attr-defined]
            self.fields[name].initial = choices[0][0] if choices else None


class ContentForm(JiebangForm):
    """The texts and the price; each requirement has a field of its own, `answer_<number>`."""

    summary = PlainTextField(
        label=_("方案摘要"),
        max_length=MOST_SUMMARY,
        multiline=True,
        rows=6,
        required=False,
        help_text=_("现在只交摘要；入围后再提交完整的技术方案和附件。"),
    )
    scheme = PlainTextField(
        label=_("技术方案"), max_length=MOST_SCHEME, multiline=True, rows=10, required=False
    )
    price = MoneyFormField(label=_("报价"), exact=True, required=False)
    team = PlainTextField(
        label=_("团队"), max_length=MOST_TEAM, multiline=True, rows=4, required=False
    )
    lead_share = forms.DecimalField(
        label=_("牵头单位的份额（%）"),
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        help_text=_("独立参加填 100；联合体各方份额之和须为 100"),
    )

    def __init__(
        self, *args: Any, requirements: Sequence[Any], in_steps: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["scheme" if in_steps else "summary"]
        for row in requirements:
            self.fields[f"answer_{row.number}"] = PlainTextField(
                label=_("答复指标：%(name)s %(target)s") % {"name": row.name, "target": row.target},
                max_length=MOST_ANSWER,
                multiline=True,
                rows=2,
                required=False,
            )


class MilestoneForm(RowForm):
    """One step of the schedule."""

    milestone = PlainTextField(label=_("节点和成果"), max_length=MOST_NAME)
    days = forms.IntegerField(label=_("签约后多少日"), min_value=1, max_value=MOST_DAYS)


class PartnerForm(RowForm):
    """A partner of a joint bid."""

    name = PlainTextField(label=_("成员单位名称或编号"), max_length=MOST_NAME)
    share = forms.DecimalField(
        label=_("份额（%）"), min_value=0, max_value=100, max_digits=5, decimal_places=2
    )


class KinPartnerForm(PartnerForm):
    """The same where bidders who belong together are refused: each partner says what the lead says of itself."""

    head = PlainTextField(label=_("成员单位负责人姓名"), max_length=MOST_NAME)
    controllers = PlainTextField(
        label=_("控股或管理该成员的单位"),
        help_text=_("多个单位用顿号分开；没有的留空。开启之后才比对。"),
        max_length=MOST_ABOVE,
        required=False,
    )


MilestoneRows = rows_of(MilestoneForm, most=MOST_MILESTONES, extra=2)
PartnerRows = rows_of(PartnerForm, most=MOST_PARTNERS, extra=1)
KinPartnerRows = rows_of(KinPartnerForm, most=MOST_PARTNERS, extra=1)


class FilesForm(JiebangForm):
    """Attachments of a bid that is not sealed: 投标函 and 联合体协议 as sealed scans, the scheme."""

    uploads = UploadsField(label=_("添加附件"), required=False, most=MOST_FILES)


_LISTS = {"schedule": _("进度节点"), "partners": _("联合体成员")}
_KIN = ("head", "controllers")


def _points(percent: Any) -> int:
    """Basis points of a percentage with two decimals."""
    return int(Decimal(percent) * 100)


class BidFields:
    """All fields of a bid. `form` is what was typed, as plain JSON; only after `is_valid()`.

    Where the call of `tender` takes a summary first, the scheme is not asked for yet; where its procedure refuses
    bidders who belong together, partners say who heads and who controls them.
    """

    def __init__(self, data: Any, stored: Any, tender: Tender) -> None:
        self.requirements = list(tender.requirements.all())
        self.in_steps, self.bars_kin = tender.summary_first, tender.ruled_by.bars_kin
        self.content = ContentForm(
            data,
            requirements=self.requirements,
            in_steps=self.in_steps,
            initial=_initial(stored),
        )
        self.schedule = MilestoneRows(
            data, prefix="schedule", initial=stored.get("schedule", []) if data is None else None
        )
        partners = [
            {**row, "share": Decimal(row["share"]) / 100} for row in stored.get("partners", [])
        ]
        partner_rows = KinPartnerRows if self.bars_kin else PartnerRows
        self.partners = partner_rows(
            data, prefix="partners", initial=partners if data is None else None
        )

        #: Forms of the same page, whose errors stand in the same summary.
        self.beside: list[Any] = []

    @property
    def forms(self) -> list[Any]:
        """All that the summary of errors counts, in the order of the page."""
        return [self.content, self.schedule, self.partners, *self.beside]

    def add_errors(self, error: InvalidInput) -> None:
        """Each reason at its field or list of rows; one that has neither stands above the form."""
        for name, reasons in error.errors.items():
            rows = {"schedule": self.schedule, "partners": self.partners}.get(name)
            if rows is not None:
                rows.non_form_errors().extend(str(reason) for reason in reasons)
                continue
            form = next((one for one in self.beside if name in one.fields), self.content)
            for reason in reasons:
                form.add_error(name if name in form.fields else None, str(reason))

    def places(self, error: InvalidInput) -> list[tuple[str, Any, str]]:
        """(id on the page of the draft, label, reason) of each reason; an id of "" for what has no field there."""
        found = []
        for name, reasons in error.errors.items():
            target: str = ""
            label: Any = ""
            if name in self.content.fields:
                bound: Any = self.content[name]
                target, label = bound.error_target, bound.label
            elif name in _LISTS:
                target, label = f"{name}-rows", _LISTS[name]
            found += [(target, label, str(reason)) for reason in reasons]
        return found

    def is_valid(self) -> bool:
        """Whether what was typed can be stored; all parts are judged."""
        return all([self.content.is_valid(), self.schedule.is_valid(), self.partners.is_valid()])

    @property
    def form(self) -> dict[str, Any]:
        """What was typed, as plain JSON."""
        held = self.content.cleaned_data
        return {
            "version": FORM_VERSION,
            "price": held["price"],
            **(
                {"scheme": "", "summary": held["summary"]}
                if self.in_steps
                else {"scheme": held["scheme"]}
            ),
            "team": held["team"],
            "answers": [
                {"number": row.number, "text": held[f"answer_{row.number}"]}
                for row in self.requirements
                if held[f"answer_{row.number}"]
            ],
            "schedule": [
                {"milestone": row["milestone"], "days": row["days"]} for row in self.schedule.values
            ],
            "lead_share": _points(held["lead_share"]),
            "partners": [
                {name: row[name] for name in row if name in _KIN}
                | {"name": row["name"], "share": _points(row["share"])}
                for row in self.partners.values
            ],
        }


def _initial(stored: Any) -> dict[str, Any]:
    found = {name: stored.get(name) for name in ("scheme", "price", "team")}
    found |= {f"answer_{row['number']}": row["text"] for row in stored.get("answers", [])}
    # A draft that was begun before a summary was asked for has its text in the scheme.
    found["summary"] = stored.get("summary") or (stored.get("scheme") or "")[:MOST_SUMMARY]
    found["lead_share"] = Decimal(stored.get("lead_share", 10_000)) / 100
    return found


class KinForm(JiebangForm):
    """Who heads the bidder, and who is above it."""

    head = PlainTextField(label=_("单位负责人姓名"), max_length=MOST_NAME)
    controllers = PlainTextField(
        label=_("控股或管理本单位的单位"),
        help_text=_("每行一个单位全称；没有的留空。开启之后才与同一标段的其他投标人比对。"),
        max_length=1_000,
        required=False,
        multiline=True,
        rows=3,
    )


class PledgeForm(JiebangForm):
    """Acceptance of the pledge, with what was read."""

    agree = forms.BooleanField(label=_("我代表本单位作出以上承诺，并同意提交"))
