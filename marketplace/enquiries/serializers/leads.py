"""Leads and logged contacts as the API gives and takes them."""

from typing import Any

from rest_framework import serializers

from marketplace.enquiries.models import Lead, LoggedContact
from marketplace.enquiries.policies import reads_enquiry_of_lead
from marketplace.enquiries.workflow import LEAD, LeadStatus
from marketplace.kernel import clock


class LeadRead(serializers.Serializer[Any]):
    """A lead as brokers see it: field, district and age.

    `enquiry` is empty until the asker has confirmed this very broker; from then on the enquiry itself
    is read at its own address.
    """

    code = serializers.CharField()
    rev = serializers.IntegerField()
    status = serializers.CharField()
    field = serializers.CharField()
    district = serializers.CharField()
    opened_at = serializers.DateTimeField()
    days = serializers.SerializerMethodField(help_text="转为线索以来的天数")
    enquiry = serializers.SerializerMethodField(help_text="咨询编号；咨询方确认之前为空")
    available_actions = serializers.SerializerMethodField()

    def get_days(self, lead: Lead) -> int:
        """Its age in days of Asia/Shanghai."""
        return (clock.today() - clock.day_of(lead.opened_at)).days

    def get_enquiry(self, lead: Lead) -> str:
        """The code of the enquiry for those whom the lead tells it."""
        told = reads_enquiry_of_lead(self.context["request"].user, lead)
        return lead.enquiry.code if told else ""

    def get_available_actions(self, lead: Lead) -> list[str]:
        """What the caller can do now: take, note (progress on a confirmed lead), hand_back."""
        found = {move.name for move in LEAD.available(lead, self.context["request"].user)}
        if "hand_back" in found and lead.status == LeadStatus.CONFIRMED:
            found.add("note")
        return [name for name in ("take", "note", "hand_back") if name in found]


class HandBackWrite(serializers.Serializer[Any]):
    """An act of the broker; `reason` belongs to handing back."""

    rev = serializers.IntegerField(required=False, help_text="没有 If-Match 时必填")
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class AskersLeadRead(serializers.Serializer[Any]):
    """The lead that one's own enquiry became, with the broker who asks for consent."""

    code = serializers.CharField()
    rev = serializers.IntegerField()
    status = serializers.CharField()
    broker = serializers.SerializerMethodField(help_text="请求同意的技术经纪人，没有则为空")
    available_actions = serializers.SerializerMethodField()

    def get_broker(self, lead: Lead) -> str:
        """The name of the broker whom the consent is about."""
        return str(lead.broker.name) if lead.broker is not None else ""

    def get_available_actions(self, lead: Lead) -> list[str]:
        """Confirm and refuse while a broker waits for the consent."""
        return ["confirm", "refuse"] if lead.status == LeadStatus.TAKEN else []


class BrokerAnswerWrite(serializers.Serializer[Any]):
    """Whether the asker agrees that this broker reads text and contact."""

    rev = serializers.IntegerField(required=False, help_text="没有 If-Match 时必填")
    answer = serializers.ChoiceField(choices=["confirm", "refuse"])


class ContactWrite(serializers.Serializer[Any]):
    """A call, a visit or a talk, logged for a firm."""

    firm = serializers.CharField(max_length=16, help_text="单位编号")
    form = serializers.ChoiceField(choices=LoggedContact.Form.choices)
    day = serializers.DateField()
    text = serializers.CharField(max_length=2000)
    listing = serializers.CharField(
        max_length=16, required=False, default="", help_text="该单位发布的信息的编号"
    )
    enquiry = serializers.CharField(
        max_length=16, required=False, default="", help_text="该单位的咨询的编号"
    )


class ContactRead(serializers.Serializer[Any]):
    """What was logged for a firm; `reply` is empty until the firm has confirmed or disputed it."""

    code = serializers.CharField()
    rev = serializers.IntegerField()
    firm = serializers.CharField(source="firm.code")
    form = serializers.CharField()
    day = serializers.DateField()
    text = serializers.CharField()
    # In this class the name is a field; the stubs know it as an attribute of Field alone.
    source = serializers.CharField()  # type: ignore[assignment]
    reply = serializers.CharField()
    replied_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    available_actions = serializers.SerializerMethodField()

    def get_available_actions(self, contact: LoggedContact) -> list[str]:
        """`reply` for members of the firm, none of whom has answered yet."""
        may = self.context["request"].user.has_perm("enquiries.answer_contact", contact)
        return ["reply"] if may and contact.takes_reply else []


class ReplyWrite(serializers.Serializer[Any]):
    """The firm's answer."""

    rev = serializers.IntegerField(required=False, help_text="没有 If-Match 时必填")
    reply = serializers.ChoiceField(choices=LoggedContact.Reply.choices)
