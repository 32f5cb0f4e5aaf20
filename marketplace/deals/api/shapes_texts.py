"""Final texts, signed copies and amendments as the API gives and takes them."""

from typing import Any

from rest_framework import serializers

from marketplace.deals.api.shapes import RevWrite
from marketplace.deals.models import Amendment, FinalText, SignedForm, TextSource
from marketplace.deals.queries import parties_of
from marketplace.deals.services import AMENDABLE
from marketplace.deals.workflow import AMENDMENT, Side
from marketplace.web.rest_parts import FileRead, file_field

_PARTIES = ((Side.SELLER.value, Side.SELLER.label), (Side.BUYER.value, Side.BUYER.label))


class ConsentRead(serializers.Serializer[Any]):
    """A seller or buyer, and whether it has confirmed a text. A broker has nothing to confirm."""

    side = serializers.CharField()
    position = serializers.IntegerField()
    name = serializers.CharField()
    is_inside = serializers.BooleanField(help_text="平台内的单位在线确认，平台外的由扫描件证明")
    confirmed_at = serializers.DateTimeField(allow_null=True)
    attested = serializers.BooleanField()


class TextRead(serializers.Serializer[Any]):
    """One final text. Only the newest one that was not withdrawn can be confirmed."""

    number = serializers.IntegerField()
    sha256 = serializers.CharField()
    origin = serializers.ChoiceField(choices=TextSource.choices, source="source")
    file = FileRead()
    created_at = serializers.DateTimeField()
    settled_at = serializers.DateTimeField(allow_null=True)
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    withdrawn_reason = serializers.CharField()
    parties = serializers.SerializerMethodField()

    def get_parties(self, text: FinalText) -> list[dict[str, Any]]:
        """Who has confirmed and who still has to."""
        done = {row.party_id: row for row in text.confirmations.all()}
        rows = [row for row in parties_of(self.context["contract"]) if row.side != Side.BROKER]
        found = [
            {
                "side": row.side,
                "position": row.position,
                "name": row.name,
                "is_inside": row.is_inside,
                "confirmed_at": done[row.pk].at if row.pk in done else None,
                "attested": row.pk in done and done[row.pk].attested,
            }
            for row in rows
        ]
        return [dict(row) for row in ConsentRead(found, many=True).data]


class TextWrite(RevWrite):
    """A final text: that of the record, or a file."""

    origin = serializers.ChoiceField(choices=TextSource.choices)
    file = file_field(help_text="DOCX 或者 PDF；origin 为 uploaded 时必填")


class AttestWrite(RevWrite):
    """The sealed or signed copy of a party from outside."""

    side = serializers.ChoiceField(choices=_PARTIES)
    position = serializers.IntegerField(min_value=1, max_value=99, default=1)
    sha256 = serializers.CharField(max_length=64, help_text="所证明的定稿的 SHA-256")
    scan = file_field(help_text="PDF 或图片")


class SignWrite(RevWrite):
    """Day and copy of the signature."""

    signed_on = serializers.DateField()
    form = serializers.ChoiceField(
        choices=SignedForm.values,
        default="scan",
        help_text="scan 盖章扫描件，esign 带电子签名的 PDF",
    )
    fully_sealed = serializers.BooleanField(
        default=False, help_text="已核对各方印章、签字或者电子签名齐全"
    )
    file = file_field(help_text="PDF 或图片；平台不验证电子签名")


class CopyRead(serializers.Serializer[Any]):
    """A signed copy."""

    form = serializers.CharField(help_text="scan 盖章扫描件，esign 带电子签名的 PDF")
    sha256 = serializers.CharField()
    fully_sealed = serializers.BooleanField(help_text="存入人核对过；平台不验证电子签名")
    at = serializers.DateTimeField()
    file = FileRead()


class CopyWrite(RevWrite):
    """Another copy of a signed contract."""

    fully_sealed = serializers.BooleanField(default=False)
    signed_on = serializers.DateField(
        required=False, allow_null=True, default=None, help_text="更正签订日期；不变的不传"
    )
    file = file_field(help_text="PDF 或图片")


class AmendmentRead(serializers.Serializer[Any]):
    """One amendment: the columns of a section before and after."""

    number = serializers.IntegerField()
    rev = serializers.IntegerField(source="contract.rev", help_text="合同的版本")
    status = serializers.CharField()
    section = serializers.CharField()
    side = serializers.CharField(help_text="提出的一方")
    reason = serializers.CharField()
    before = serializers.JSONField()
    after = serializers.JSONField()
    proposed_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    decision_note = serializers.CharField()
    available_actions = serializers.SerializerMethodField()

    def get_available_actions(self, amendment: Amendment) -> list[str]:
        """The moves that the caller can make now."""
        return [move.name for move in AMENDMENT.available(amendment, self.context["actor"])]


class AmendmentWrite(RevWrite):
    """Other values for a section of a signed contract."""

    section = serializers.ChoiceField(choices=list(AMENDABLE))
    values = serializers.DictField(help_text="该部分的字段；金额以分计，日期为 YYYY-MM-DD")
    reason = serializers.CharField(max_length=500)


class AmendmentAnswer(RevWrite):
    """An answer to an amendment. `scan`: the sealed agreement of a party from outside."""

    act = serializers.ChoiceField(choices=["agree", "reject", "withdraw"])
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    scan = file_field(help_text="对方不在平台上时，同意变更须存入其盖章的变更协议")
