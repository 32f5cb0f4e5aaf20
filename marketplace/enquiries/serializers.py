"""Enquiries as the API gives and takes them."""

from typing import Any

from django.urls import reverse

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from marketplace.enquiries import queries
from marketplace.enquiries.models import Enquiry, Message
from marketplace.enquiries.policies import sides
from marketplace.enquiries.rulebook import ASKER, MAX_TEXT, OWNER, next_writer
from marketplace.enquiries.workflow import ENQUIRY


class EnquiryParty(serializers.Serializer[Any]):
    """A party. `code` is empty for an owner that is not named, and for a visitor."""

    name = serializers.CharField()
    code = serializers.CharField()


class EnquiryListing(serializers.Serializer[Any]):
    """The listing as it was called when asked about."""

    kind = serializers.CharField()
    code = serializers.CharField()
    title = serializers.CharField()


class EnquiryRead(serializers.Serializer[Any]):
    """One enquiry, without its messages."""

    code = serializers.CharField()
    status = serializers.CharField()
    listing = serializers.SerializerMethodField()
    owner = serializers.SerializerMethodField()
    asker = serializers.SerializerMethodField()
    waits_for = serializers.SerializerMethodField(
        help_text="该由谁写下一条：owner、asker，或空（已达成意向、已结束）"
    )
    last_message_at = serializers.DateTimeField()
    answer_due_at = serializers.DateTimeField(allow_null=True)
    url = serializers.SerializerMethodField()
    available_actions = serializers.SerializerMethodField()

    def _user(self) -> Any:
        return self.context["request"].user

    @extend_schema_field(EnquiryListing)
    def get_listing(self, enquiry: Enquiry) -> dict[str, str]:
        """What it is about."""
        return {
            "kind": enquiry.kind,
            "code": enquiry.listing_code,
            "title": enquiry.listing_title,
        }

    @extend_schema_field(EnquiryParty)
    def get_owner(self, enquiry: Enquiry) -> dict[str, str]:
        """Who answers, as the caller may know it."""
        return self._party(enquiry, OWNER)

    @extend_schema_field(EnquiryParty)
    def get_asker(self, enquiry: Enquiry) -> dict[str, str]:
        """Who asks."""
        return self._party(enquiry, ASKER)

    def _party(self, enquiry: Enquiry, side: str) -> dict[str, str]:
        shown = queries.party(self._user(), enquiry, side)
        org = enquiry.org_of(side) if shown.url else None
        return {"name": str(shown.name), "code": org.code if org is not None else ""}

    def get_waits_for(self, enquiry: Enquiry) -> str:
        """The side that should write next."""
        return next_writer(enquiry.status, enquiry.last_side)

    def get_url(self, enquiry: Enquiry) -> str:
        """Its page."""
        return str(reverse("enquiries:show", args=[enquiry.code]))

    def get_available_actions(self, enquiry: Enquiry) -> list[str]:
        """What the caller can do now: to write, and the moves."""
        user = self._user()
        write = ["write"] if sides(user, enquiry) else []
        return [*write, *(move.name for move in ENQUIRY.available(enquiry, user))]


class EnquiryMessageRead(serializers.Serializer[Any]):
    """One message."""

    id = serializers.IntegerField(source="pk")
    side = serializers.CharField()
    kind = serializers.CharField()
    author = serializers.SerializerMethodField()
    text = serializers.CharField()
    at = serializers.DateTimeField()
    files = serializers.SerializerMethodField()

    def get_author(self, message: Message) -> str:
        """Who wrote it, as the caller may know it."""
        user, enquiry = self.context["request"].user, self.context["enquiry"]
        return str(queries.author_of(user, enquiry, message))

    def get_files(self, message: Message) -> list[str]:
        """Addresses of the files that can be downloaded."""
        found = self.context["files"][message.pk]
        return [row.url for row in found if row.is_ready]


class EnquiryDetail(EnquiryRead):
    """One enquiry with its newest messages, the oldest of them first."""

    messages = serializers.SerializerMethodField()

    @extend_schema_field(EnquiryMessageRead(many=True))
    def get_messages(self, enquiry: Enquiry) -> list[dict[str, Any]]:
        """At most 100."""
        rows = list(reversed(queries.messages_of(enquiry)[:100]))
        context = {**self.context, "enquiry": enquiry, "files": queries.files_of(rows)}
        return list(EnquiryMessageRead(rows, many=True, context=context).data)


class AskWrite(serializers.Serializer[Any]):
    """A question about a listing."""

    kind = serializers.CharField(max_length=20, help_text="信息种类，如 needs、achievements")
    listing = serializers.CharField(max_length=16, help_text="信息编号")
    asker = serializers.CharField(
        max_length=16, required=False, help_text="单位编号；只属于一个单位时可省略"
    )
    text = serializers.CharField(max_length=MAX_TEXT)
    match = serializers.CharField(max_length=16, required=False, help_text="匹配编号，带上匹配理由")
    pool_consent = serializers.BooleanField(default=False)


class MessageWrite(serializers.Serializer[Any]):
    """A message. `rev` is the id of the newest message that the caller has read, as in the ETag."""

    rev = serializers.IntegerField(required=False, help_text="没有 If-Match 时必填")
    text = serializers.CharField(max_length=MAX_TEXT)
    side = serializers.ChoiceField(choices=[OWNER, ASKER], required=False)
    reason = serializers.CharField(
        max_length=200, required=False, help_text="重新开启已结束的咨询时必填"
    )
    names_checked = serializers.BooleanField(default=False)
