"""Mandates and introductions as the API gives and takes them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from marketplace.brokerage import queries
from marketplace.brokerage.models import Evidence, Introduction, Mandate
from marketplace.brokerage.rulebook.commission import (
    MOST_DUE_DAYS,
    WHOLE,
    ContractForm,
    DueOn,
    FeeKind,
    Payer,
)
from marketplace.brokerage.rulebook.periods import MOST_PROTECTION_DAYS
from marketplace.brokerage.workflow import (
    INTRODUCTION,
    MANDATE,
    VERSION,
    MandateStatus,
    VersionStatus,
)
from marketplace.enquiries.models import MetQuestion
from marketplace.kernel.money import MAX_FEN
from marketplace.web.serializers import DayField, WholeField


class TermsRead(serializers.Serializer[Any]):
    """The terms of a mandate: amounts in fen, shares in basis points (1 % = 100)."""

    exclusive = serializers.BooleanField()
    payer = serializers.CharField()
    client_share_bp = serializers.IntegerField()
    due_on = serializers.CharField()
    due_days = serializers.IntegerField()
    fee_kind = serializers.CharField()
    rate_bp = serializers.IntegerField(allow_null=True)
    floor_fen = serializers.IntegerField(allow_null=True)
    cap_fen = serializers.IntegerField(allow_null=True)
    sum_fen = serializers.IntegerField(allow_null=True)
    expenses_fen = serializers.IntegerField(allow_null=True)
    protection_days = serializers.IntegerField()
    form = serializers.CharField()
    note = serializers.CharField(allow_blank=True)


class VersionRead(serializers.Serializer[Any]):
    """Other terms that wait for the answer of the other side."""

    number = serializers.IntegerField()
    proposed_side = serializers.CharField(help_text="broker 或 client")
    ends_at = serializers.DateTimeField()
    terms = TermsRead(source="agreed")


class MandateRead(serializers.Serializer[Any]):
    """A mandate. `client` is null where its name is not to be known yet."""

    code = serializers.CharField()
    rev = serializers.IntegerField()
    status = serializers.CharField()
    broker = serializers.CharField(source="broker.code")
    client = serializers.SerializerMethodField()
    kind = serializers.CharField(help_text="空为委托方发布的全部信息")
    listing = serializers.CharField(source="listing_code")
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(help_text="不含这一时刻")
    version = serializers.IntegerField()
    terms = TermsRead(source="agreed")
    amendment = serializers.SerializerMethodField(help_text="待确认的变更；没有则为空")
    available_actions = serializers.SerializerMethodField()

    @extend_schema_field(VersionRead(allow_null=True))
    def get_amendment(self, mandate: Mandate) -> dict[str, Any] | None:
        """What waits for an answer beside the terms that hold."""
        waiting = _waiting(mandate)
        return dict(VersionRead(waiting).data) if waiting is not None else None

    def get_client(self, mandate: Mandate) -> str | None:
        """The code of the client."""
        named = queries.names_client(self.context["actor"], mandate)
        return mandate.client.code if named else None

    def get_available_actions(self, mandate: Mandate) -> list[str]:
        """What the caller may do now."""
        actor, waiting = self.context["actor"], _waiting(mandate)
        found = [move.name for move in MANDATE.available(mandate, actor)]
        if waiting is not None:
            return [*found, *(move.name for move in VERSION.available(waiting, actor))]
        amends = mandate.status == MandateStatus.ACCEPTED and actor.has_perm(
            "brokerage.amend_mandate", mandate
        )
        return [*found, *(["amend"] if amends else [])]


def _waiting(mandate: Mandate) -> Any:
    """The amendment of a running mandate that waits. Reads the versions that were fetched with it."""
    if mandate.status != MandateStatus.ACCEPTED:
        return None
    return next(
        (one for one in mandate.versions.all() if one.status == VersionStatus.PROPOSED), None
    )


class TermsWrite(serializers.Serializer[Any]):
    """The terms of a mandate, as `TermsRead` gives them. What is left out is as on an empty form."""

    exclusive = serializers.BooleanField(default=False)
    payer = serializers.ChoiceField(choices=list(Payer.values), default=Payer.CLIENT.value)
    client_share_bp = WholeField(
        min_value=0, max_value=WHOLE, required=False, help_text="双方分担时填写"
    )
    due_on = serializers.ChoiceField(choices=list(DueOn.values), default=DueOn.SIGNED.value)
    due_days = WholeField(min_value=0, max_value=MOST_DUE_DAYS, default=15)
    fee_kind = serializers.ChoiceField(choices=list(FeeKind.values), default=FeeKind.PERCENT.value)
    rate_bp = WholeField(min_value=0, max_value=WHOLE, allow_null=True, default=None)
    floor_fen = WholeField(min_value=0, max_value=MAX_FEN, allow_null=True, default=None)
    cap_fen = WholeField(min_value=0, max_value=MAX_FEN, allow_null=True, default=None)
    sum_fen = WholeField(min_value=0, max_value=MAX_FEN, allow_null=True, default=None)
    expenses_fen = WholeField(min_value=0, max_value=MAX_FEN, allow_null=True, default=None)
    protection_days = WholeField(min_value=0, max_value=MOST_PROTECTION_DAYS, default=180)
    form = serializers.ChoiceField(
        choices=list(ContractForm.values), default=ContractForm.TWO.value
    )
    note = serializers.CharField(allow_blank=True, default="", max_length=2_000)


class MandateWrite(serializers.Serializer[Any]):
    """A mandate that is proposed.

    With `broker` the client proposes it, for `listing` or, without one, for all that it lists. Without
    `broker` the caller is the broker, and proposes it to the owner of `listing`.
    """

    broker = serializers.CharField(
        max_length=16, required=False, help_text="由委托方提出时填写技术经纪人编号"
    )
    client = serializers.CharField(
        max_length=16, required=False, help_text="委托方单位编号；只代表一个单位时可以省略"
    )
    kind = serializers.CharField(max_length=20, required=False, help_text="信息种类，如 needs")
    listing = serializers.CharField(max_length=16, required=False, help_text="信息编号")
    starts_on = DayField()
    ends_on = DayField(help_text="当天仍在委托期内")
    terms = TermsWrite()


class AmendWrite(serializers.Serializer[Any]):
    """Other terms, and another end, for a running mandate."""

    rev = serializers.IntegerField(required=False, help_text="没有 If-Match 时必填")
    ends_on = DayField(help_text="当天仍在委托期内")
    terms = TermsWrite()


class ReasonWrite(serializers.Serializer[Any]):
    """A move with its reason, and the version that it is based on."""

    reason = serializers.CharField(required=False, allow_blank=True, max_length=500)
    rev = serializers.IntegerField(required=False, help_text="没有 If-Match 时必填")


class SideRead(serializers.Serializer[Any]):
    """A party of an introduction and its answer. `organization` is null where it is not to be known."""

    organization = serializers.CharField(allow_null=True)
    answer = serializers.CharField()
    reason = serializers.CharField(allow_blank=True)
    answered_at = serializers.DateTimeField(allow_null=True)
    met = serializers.CharField(help_text="对方是否联系上：yes、no，未答复为空")


class IntroductionRead(serializers.Serializer[Any]):
    """An introduction. The protection is from `at`, before `protected_until`."""

    code = serializers.CharField()
    rev = serializers.IntegerField()
    status = serializers.CharField()
    broker = serializers.CharField(source="broker.code")
    kind = serializers.CharField()
    listing = serializers.CharField(source="listing_code")
    evidence = serializers.CharField()
    at = serializers.DateTimeField()
    happened_at = serializers.DateTimeField()
    answer_due_at = serializers.DateTimeField()
    protected_until = serializers.DateTimeField()
    sides = serializers.SerializerMethodField()
    available_actions = serializers.SerializerMethodField()

    @extend_schema_field(SideRead(many=True))
    def get_sides(self, row: Introduction) -> list[dict[str, Any]]:
        """Both parties."""
        actor = self.context["actor"]
        return [
            {
                "organization": side.organization.code
                if side.organization is not None and queries.side_name(actor, row, side)
                else None,
                "answer": side.answer,
                "reason": side.reason,
                "answered_at": side.answered_at,
                "met": side.met,
            }
            for side in row.sides.all()
        ]

    def get_available_actions(self, row: Introduction) -> list[str]:
        """What the caller may do now: `answer` for a side that has not acknowledged, `met`, `withdraw`."""
        actor = self.context["actor"]
        found = ["answer"] if queries.sides_waiting_for(actor, row) else []
        if queries.sides_asked_whether_met(actor, row):
            found.append("met")
        moves = {move.name for move in INTRODUCTION.available(row, actor)}
        return [*found, *(["withdraw"] if "withdraw" in moves else [])]


class AnswerWrite(serializers.Serializer[Any]):
    """What a side says: `side` is the code of its organisation."""

    side = serializers.CharField(
        max_length=16, required=False, allow_blank=True, help_text="只代表一方时可以省略"
    )
    answer = serializers.ChoiceField(choices=["acknowledged", "disputed"])
    reason = serializers.CharField(required=False, allow_blank=True, max_length=500)
    rev = serializers.IntegerField(required=False, help_text="没有 If-Match 时必填")


class MeetingWrite(serializers.Serializer[Any]):
    """Whether the other side got in touch. The last answer of a side counts."""

    side = serializers.CharField(
        max_length=16,
        required=False,
        allow_blank=True,
        default="",
        help_text="只代表一方时可以省略",
    )
    answer = serializers.ChoiceField(choices=MetQuestion.Answer.choices)


class IntroductionWrite(serializers.Serializer[Any]):
    """An introduction: from an enquiry that the caller sees, or from a meeting about a listing."""

    enquiry = serializers.CharField(max_length=16, required=False, help_text="以咨询为依据时的编号")
    evidence = serializers.ChoiceField(
        choices=list(Evidence.values), required=False, help_text="以咨询登记时必填"
    )
    listing = serializers.CharField(
        max_length=16, required=False, help_text="没有咨询时：对接事项的编号"
    )
    other = serializers.CharField(
        max_length=18, required=False, help_text="没有咨询时：另一方的单位编号或统一社会信用代码"
    )
    name = serializers.CharField(
        max_length=120, required=False, allow_blank=True, help_text="另一方尚未入驻时的名称"
    )
    happened_at = serializers.DateTimeField()
    note = serializers.CharField(max_length=2_000, required=False, allow_blank=True)


class MandatePage(serializers.Serializer[Any]):
    """One page of mandates."""

    count = serializers.IntegerField()
    results = MandateRead(many=True)


class IntroductionPage(serializers.Serializer[Any]):
    """One page of introductions."""

    count = serializers.IntegerField()
    results = IntroductionRead(many=True)
