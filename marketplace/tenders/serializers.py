"""A tender in the API. It counts no bids and names no bidder and no asker."""

from typing import Any

from rest_framework import serializers

from marketplace.tenders.models import Cancellation, Tender
from marketplace.tenders.rulebook import MOST_TEXT, Sealing, Side
from marketplace.tenders.workflow import TENDER, AmendmentStatus, Stage, Status


class PurchaserBrief(serializers.Serializer[Any]):
    """The organisation that opens the tender."""

    code = serializers.CharField()
    name = serializers.CharField()


class LotRead(serializers.Serializer[Any]):
    """A lot; `budget` in fen, null for 面议. `stage` tells how far it has come after the deadline."""

    number = serializers.IntegerField()
    title = serializers.CharField()
    budget = serializers.IntegerField(allow_null=True)
    stage = serializers.ChoiceField(choices=Stage.choices)
    fail_reason = serializers.CharField()


class RequirementRead(serializers.Serializer[Any]):
    """An indicator that bids answer."""

    number = serializers.IntegerField()
    name = serializers.CharField()
    target = serializers.CharField()
    method = serializers.CharField()
    must = serializers.BooleanField()


class CriterionRead(serializers.Serializer[Any]):
    """A criterion with its share of 100, as an exact decimal text."""

    number = serializers.IntegerField()
    side = serializers.ChoiceField(choices=Side.choices)
    name = serializers.CharField()
    weight = serializers.DecimalField(max_digits=5, decimal_places=2)
    detail = serializers.CharField()


class KeeperRead(serializers.Serializer[Any]):
    """A custodian with the id of his key, in the order of the shares."""

    number = serializers.IntegerField()
    custodian = serializers.CharField(source="custodian.code")
    organization = serializers.CharField(source="custodian.organization.name")
    key = serializers.CharField()


class AnswerRead(serializers.Serializer[Any]):
    """An answer; a later one supersedes it."""

    text = serializers.CharField()
    answered_at = serializers.DateTimeField()


class QuestionRead(serializers.Serializer[Any]):
    """A question with its answers. Who asked is not told."""

    code = serializers.CharField()
    text = serializers.CharField()
    asked_at = serializers.DateTimeField()
    answers = AnswerRead(many=True)


class AmendmentRead(serializers.Serializer[Any]):
    """An amendment: what it changed, from what to what."""

    code = serializers.CharField()
    number = serializers.IntegerField()
    status = serializers.ChoiceField(choices=AmendmentStatus.choices)
    reason = serializers.CharField()
    changes = serializers.JSONField()
    is_material = serializers.BooleanField()
    decided_at = serializers.DateTimeField(allow_null=True)
    deadline_before = serializers.DateTimeField(allow_null=True)
    deadline_after = serializers.DateTimeField(allow_null=True)


class CancellationRead(serializers.Serializer[Any]):
    """A cancellation that was announced or is in effect."""

    kind = serializers.ChoiceField(choices=Cancellation.Kind.choices)
    reason = serializers.CharField()
    announced_at = serializers.DateTimeField(allow_null=True)
    effective_at = serializers.DateTimeField(allow_null=True)


class TenderRead(serializers.Serializer[Any]):
    """A tender. Instants carry their offset, +08:00; `status` is the state that holds now."""

    code = serializers.CharField()
    status = serializers.ChoiceField(choices=Status.choices, source="status_now")
    rev = serializers.IntegerField()
    owner = PurchaserBrief()
    need = serializers.CharField(source="need.code")
    procedure = serializers.CharField()
    procedure_version = serializers.IntegerField()
    sealing = serializers.ChoiceField(choices=Sealing.choices)
    title = serializers.CharField()
    summary = serializers.CharField()
    industry = serializers.CharField()
    district = serializers.CharField()
    published_at = serializers.DateTimeField(allow_null=True)
    starts_at = serializers.DateTimeField(allow_null=True)
    questions_until = serializers.DateTimeField(allow_null=True)
    answers_until = serializers.DateTimeField(allow_null=True)
    deadline = serializers.DateTimeField(allow_null=True)
    first_deadline = serializers.DateTimeField(allow_null=True)
    suspended_at = serializers.DateTimeField(
        allow_null=True,
        help_text="不为空即已暂停：状态仍为 tendering，但不接收方案，截止时间将顺延",
    )
    suspend_reason = serializers.SerializerMethodField()
    takes_bids = serializers.BooleanField(
        source="takes_bids_now", help_text="现在能否提交方案：未开始、已暂停、已截止时为 false"
    )
    available_actions = serializers.SerializerMethodField()

    def get_suspend_reason(self, tender: Tender) -> str:
        """Why its time stands still; empty where it does not."""
        return tender.suspend_reason if tender.is_suspended else ""

    def get_available_actions(self, tender: Tender) -> list[str]:
        """The moves that the caller can make now."""
        user = self.context["request"].user
        return [move.name for move in TENDER.available(tender, user)]


class TenderWhole(TenderRead):
    """One tender with everything that bids answer to."""

    content = serializers.CharField()
    conditions = serializers.CharField()
    deliverables = serializers.CharField()
    ip_terms = serializers.CharField()
    payment = serializers.CharField()
    contact = serializers.CharField()
    summary_first = serializers.BooleanField()
    plan_fee = serializers.IntegerField(allow_null=True)
    has_lead = serializers.BooleanField()
    is_lump_sum = serializers.BooleanField()
    is_city_funded = serializers.BooleanField()
    threshold = serializers.IntegerField()
    terms_rev = serializers.IntegerField()
    keys_rev = serializers.IntegerField()
    terms_hash = serializers.CharField()
    lots = LotRead(many=True)
    requirements = RequirementRead(many=True)
    criteria = CriterionRead(many=True)
    keepers = KeeperRead(many=True)
    questions = serializers.SerializerMethodField()
    amendments = serializers.SerializerMethodField()
    cancellation = serializers.SerializerMethodField()
    earlier = serializers.SerializerMethodField()
    later = serializers.SerializerMethodField()

    def get_earlier(self, _tender: Tender) -> str | None:
        """The code of the public tender of the same need that this one follows, or null."""
        found = self.context["rounds"].before
        return found.code if found is not None else None

    def get_later(self, _tender: Tender) -> str | None:
        """The code of the public tender of the same need that follows this one, or null."""
        found = self.context["rounds"].after
        return found.code if found is not None else None

    def get_questions(self, _tender: Tender) -> list[dict[str, Any]]:
        """Questions that were answered."""
        return list(QuestionRead(self.context["questions"], many=True).data)

    def get_amendments(self, _tender: Tender) -> list[dict[str, Any]]:
        """Amendments that the caller may read, the newest first."""
        return list(AmendmentRead(self.context["amendments"], many=True).data)

    def get_cancellation(self, _tender: Tender) -> dict[str, Any] | None:
        """The cancellation that was announced, or null."""
        found = self.context["cancellation"]
        return dict(CancellationRead(found).data) if found is not None else None


class TenderPage(serializers.Serializer[Any]):
    """One page of tenders."""

    count = serializers.IntegerField()
    page = serializers.IntegerField()
    pages = serializers.IntegerField()
    degraded = serializers.BooleanField(help_text="搜索服务暂时不可用，结果可能不全")
    results = TenderRead(many=True)


class TenderWrite(serializers.Serializer[Any]):
    """Begin a draft from a published need of an own organisation; the parts are filled in on the pages."""

    need = serializers.CharField(max_length=40, help_text="需求编号")
    procedure = serializers.CharField(max_length=10, help_text="call、challenge 或 tender")
    is_free = serializers.BooleanField(help_text="确认不是依法必须招标的项目，也不是政府采购项目")


class TenderMoveWrite(serializers.Serializer[Any]):
    """What is said with a move: `reason` with each return, suspend and resume; `kind` too with cancel; `text` with screen and argue."""

    rev = serializers.IntegerField(required=False, help_text="没有 If-Match 时必填")
    reason = serializers.CharField(required=False, max_length=500)
    kind = serializers.ChoiceField(choices=Cancellation.Kind.choices, required=False)
    text = serializers.CharField(required=False, max_length=MOST_TEXT)


class QuestionWrite(serializers.Serializer[Any]):
    """A question: in whose name, and what is asked."""

    organization = serializers.CharField(
        max_length=40, required=False, help_text="单位编号；只属于一个单位时可省略"
    )
    text = serializers.CharField(max_length=MOST_TEXT)
