"""Intents, steps, notes and the end of an enquiry as the API gives and takes them."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from marketplace.enquiries import queries
from marketplace.enquiries.models import Intent, MetQuestion, Note, Step
from marketplace.enquiries.rulebook import (
    ASKER,
    CHECK_ANSWERS,
    CHECKS,
    MAX_SUBJECT,
    MAX_TEXT,
    OWNER,
)
from marketplace.enquiries.workflow import INTENT
from marketplace.kernel.money import MAX_FEN

#: What the API calls a move that its workflow names for what becomes of the row.
_ACTIONS = {"supersede": "counter"}


class RevWrite(serializers.Serializer[Any]):
    """An act on the state that was seen, without further content."""

    rev = serializers.IntegerField(required=False, help_text="没有 If-Match 时必填")


class MilestoneRow(serializers.Serializer[Any]):
    """What, by which day, and which share of the amount is paid then (percent)."""

    what = serializers.CharField(max_length=200)
    due = serializers.DateField()
    share = serializers.IntegerField(
        min_value=0, max_value=100, required=False, allow_null=True, default=None
    )


class CheckRow(serializers.Serializer[Any]):
    """The answer to one point of the check list."""

    answer = serializers.ChoiceField(choices=CHECK_ANSWERS)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class NamesChecked(serializers.Serializer[Any]):
    """What an anonymous owner may say beside its text."""

    names_checked = serializers.BooleanField(
        default=False, help_text="匿名发布方：内容里有本单位名称，仍要保存"
    )


class IntentWrite(NamesChecked):
    """A proposal. `checks` answers every point of the check list, by its code."""

    contract_kind = serializers.CharField(max_length=40, help_text="代码见 taxonomy/contract_kind")
    subject = serializers.CharField(max_length=MAX_SUBJECT, help_text="标的")
    amount_fen = serializers.IntegerField(
        min_value=0,
        max_value=MAX_FEN,
        required=False,
        allow_null=True,
        default=None,
        help_text="大致金额，单位分；空表示面议",
    )
    pricing_mode = serializers.CharField(
        max_length=40, required=False, allow_blank=True, help_text="代码见 taxonomy/pricing"
    )
    publicity_from = serializers.DateField(required=False, allow_null=True)
    publicity_until = serializers.DateField(
        required=False, allow_null=True, help_text="公示结束日期，当天不算在内"
    )
    milestones = MilestoneRow(many=True, required=False)
    checks = serializers.DictField(child=CheckRow(), help_text="、".join(CHECKS))

    def validate_checks(self, value: dict[str, Any]) -> dict[str, Any]:
        """A point that the list does not have is a slip of the caller. Raises ValidationError."""
        if unknown := set(value) - set(CHECKS):
            shown = "、".join(sorted(name[:20] for name in unknown)[:5])
            text = _("核对清单中没有这一项：%(names)s") % {"names": shown}
            raise serializers.ValidationError(text)
        return value


class CounterWrite(IntentWrite):
    """Another proposal in place of the one that was seen."""

    rev = serializers.IntegerField(required=False, help_text="没有 If-Match 时必填")


class SealedCopyRead(serializers.Serializer[Any]):
    """A sealed copy; `url` is empty while it is being examined."""

    name = serializers.CharField()
    url = serializers.SerializerMethodField()

    def get_url(self, file: Any) -> str:
        """Where its readers download it."""
        return str(file.url) if file.is_ready else ""


class ConfirmationRead(serializers.Serializer[Any]):
    """How a side confirmed an intent."""

    side = serializers.CharField(help_text="owner、asker")
    is_sealed = serializers.BooleanField(help_text="以盖章件代替在线确认")
    sha256 = serializers.CharField(help_text="盖章件的 SHA-256，在线确认的为空")
    at = serializers.DateTimeField(help_text="提出或者确认的时间")
    file = SealedCopyRead(allow_null=True)


class IntentRead(serializers.Serializer[Any]):
    """One proposal, as both sides see it. Sides are `owner` (who published) and `asker`."""

    code = serializers.CharField()
    rev = serializers.IntegerField()
    enquiry = serializers.CharField(source="enquiry.code")
    status = serializers.CharField()
    side = serializers.CharField(help_text="由哪一方提出：owner、asker")
    supersedes = serializers.SerializerMethodField(help_text="被它取代的意向编号，没有则为空")
    contract_kind = serializers.CharField()
    subject = serializers.CharField()
    amount_fen = serializers.IntegerField(allow_null=True)
    pricing_mode = serializers.CharField()
    publicity_from = serializers.DateField(allow_null=True)
    publicity_until = serializers.DateField(allow_null=True)
    milestones = serializers.JSONField()
    checks = serializers.JSONField()
    reason = serializers.SerializerMethodField(help_text="不接受的原因代码")
    note = serializers.SerializerMethodField(help_text="不接受的说明")
    statement = serializers.CharField(help_text="双方在线确认的声明原文")
    statement_version = serializers.CharField()
    created_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    confirmations = serializers.SerializerMethodField(help_text="已确认的各方，提出方在前")
    available_actions = serializers.SerializerMethodField()

    @extend_schema_field(ConfirmationRead(many=True))
    def get_confirmations(self, intent: Intent) -> Any:
        """Which way each side confirmed. A list has them looked up together."""
        known = self.context.get("confirmations") or queries.confirmations_of([intent])
        return ConfirmationRead(known[intent.pk], many=True).data

    def get_supersedes(self, intent: Intent) -> str:
        """The code of the earlier proposal."""
        return intent.supersedes.code if intent.supersedes is not None else ""

    def get_reason(self, intent: Intent) -> str:
        """The code of the scheme `closing_reason`."""
        return intent.reason.partition(" ")[0]

    def get_note(self, intent: Intent) -> str:
        """What was written beside the reason."""
        return intent.reason.partition(" ")[2]

    def get_available_actions(self, intent: Intent) -> list[str]:
        """What the caller can do now: accept, decline, withdraw, counter, seal."""
        found = INTENT.available(intent, self.context["request"].user)
        return [_ACTIONS.get(move.name, move.name) for move in found]


class DeclineWrite(RevWrite, NamesChecked):
    """`reason` is needed to decline, and for nothing else."""

    reason = serializers.CharField(
        max_length=40, required=False, allow_blank=True, help_text="代码见 taxonomy/closing_reason"
    )
    note = serializers.CharField(max_length=400, required=False, allow_blank=True)


class IntentActWrite(DeclineWrite):
    """`scan` is needed to seal; with accept it takes the place of the on-line confirmation."""

    scan = serializers.FileField(
        required=False,
        allow_null=True,
        default=None,
        allow_empty_file=True,
        help_text="盖章件，PDF",
    )


class CloseWrite(NamesChecked):
    """Why an enquiry ends. `rev` is the id of the newest message that was read."""

    rev = serializers.IntegerField(required=False, help_text="没有 If-Match 时必填")
    reason = serializers.CharField(max_length=40, help_text="代码见 taxonomy/closing_reason")
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class ReopenWrite(serializers.Serializer[Any]):
    """Why a closed enquiry goes on, and the message that it goes on with."""

    rev = serializers.IntegerField(required=False, help_text="没有 If-Match 时必填")
    reason = serializers.CharField(max_length=200)
    text = serializers.CharField(max_length=MAX_TEXT)
    side = serializers.ChoiceField(choices=[OWNER, ASKER], required=False, default="")
    names_checked = serializers.BooleanField(default=False)


class StepWrite(NamesChecked):
    """What a side does next."""

    what = serializers.CharField(max_length=200)
    side = serializers.ChoiceField(choices=[OWNER, ASKER])
    due = serializers.DateField()


class StepEditWrite(StepWrite):
    """An open step as it shall be."""

    rev = serializers.IntegerField(required=False, help_text="没有 If-Match 时必填")


class StepRead(serializers.Serializer[Any]):
    """One step."""

    code = serializers.CharField()
    rev = serializers.IntegerField()
    enquiry = serializers.CharField(source="enquiry.code")
    what = serializers.CharField()
    side = serializers.CharField()
    due = serializers.DateField()
    done_at = serializers.DateTimeField(allow_null=True)
    available_actions = serializers.SerializerMethodField()

    def get_available_actions(self, step: Step) -> list[str]:
        """What who writes in the enquiry may do, as long as the step is open."""
        may = self.context["request"].user.has_perm("enquiries.edit_step", step)
        return ["done", "edit", "remove"] if may and step.done_at is None else []


class NoteWrite(NamesChecked):
    """What was said at a meeting."""

    text = serializers.CharField(max_length=2000)
    is_shared = serializers.BooleanField(default=False, help_text="也给对方看")
    side = serializers.ChoiceField(
        choices=[OWNER, ASKER], required=False, default="", help_text="只代表一方时可以省略"
    )


class NoteRead(serializers.Serializer[Any]):
    """One note that the caller may read."""

    id = serializers.IntegerField(source="pk")
    side = serializers.CharField()
    is_shared = serializers.BooleanField()
    text = serializers.CharField()
    at = serializers.DateTimeField()
    is_mine = serializers.SerializerMethodField(help_text="由调用方写下")

    def get_is_mine(self, note: Note) -> bool:
        """Whether the caller wrote it. Names stay out: the owner may be hidden."""
        return bool(note.author_id == self.context["request"].user.pk)


class MetWrite(serializers.Serializer[Any]):
    """Whether the other side got in touch. The last answer of a side counts."""

    id = serializers.IntegerField(min_value=1)
    answer = serializers.ChoiceField(choices=MetQuestion.Answer.choices)
    side = serializers.ChoiceField(
        choices=[OWNER, ASKER], required=False, default="", help_text="只代表一方时可以省略"
    )


class MetRead(serializers.Serializer[Any]):
    """A question that both sides were asked, ten days after an answer or an introduction."""

    id = serializers.IntegerField(source="pk")
    occasion = serializers.CharField(help_text="answer，或 introduction: 加对接记录编号")
    asked_at = serializers.DateTimeField()
    owner_answer = serializers.CharField(help_text="yes、no，未答复为空")
    asker_answer = serializers.CharField(help_text="yes、no，未答复为空")
