"""Final texts, their attestation, and the signature over REST."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.deals import queries, services
from marketplace.deals.api.shapes import ContractRead
from marketplace.deals.api.shapes_texts import (
    AttestWrite,
    CopyRead,
    CopyWrite,
    SignWrite,
    TextRead,
    TextWrite,
)
from marketplace.deals.api.shared import done, read_contract, values_of
from marketplace.deals.services import drafts
from marketplace.kernel.errors import InvalidInput
from marketplace.web.rest import read_parameters, seen_rev, tagged
from marketplace.web.rest_parts import FILE_PARSERS, MATCH, count_upload, with_file


class ContractTexts(APIView):
    """合同定稿：双方确认的是文件的 SHA-256。"""

    permission_classes = (IsAuthenticated,)
    parser_classes = FILE_PARSERS
    conditional = True

    @extend_schema(operation_id="contract_texts", responses=TextRead(many=True))
    def get(self, request: Request, code: str) -> Response:
        """All final texts, newest first: hash, who has confirmed, who still has to."""
        read_parameters(request)
        contract = read_contract(request, code)
        rows = queries.texts_of(contract)
        return tagged(TextRead(rows, many=True, context={"contract": contract}).data, contract.rev)

    @extend_schema(
        operation_id="contract_text_put",
        parameters=[MATCH],
        request=with_file(TextWrite),
        responses=ContractRead,
    )
    def post(self, request: Request, code: str) -> Response:
        """Put a final text before both sides: the one of the record, or a file."""
        contract = read_contract(request, code, "deals.edit_contract")
        rev, held = seen_rev(request), values_of(TextWrite, request)
        count_upload(request)
        is_own = held["origin"] == "generated"
        actor: Any = request.user

        def put() -> object:
            file = drafts.final_text(contract) if is_own else held["file"]
            return services.set_final_text(
                contract, file, source=held["origin"], actor=actor, rev=rev
            )

        return done(request, code, put)


class ContractAttest(APIView):
    """存入平台外当事人盖章或签字的定稿扫描件。"""

    permission_classes = (IsAuthenticated,)
    parser_classes = FILE_PARSERS
    conditional = True

    @extend_schema(
        operation_id="contract_attest",
        parameters=[MATCH],
        request=with_file(AttestWrite),
        responses=ContractRead,
    )
    def post(self, request: Request, code: str) -> Response:
        """Attest that a party from outside agreed to the text with this hash."""
        contract = read_contract(request, code, "deals.bind_contract")
        rev, held = seen_rev(request), values_of(AttestWrite, request)
        count_upload(request)
        actor: Any = request.user
        party = next(
            (
                row
                for row in queries.of_side(contract, held["side"])
                if row.position == held["position"]
            ),
            None,
        )
        if party is None:
            raise InvalidInput({"position": [_("没有这一方当事人")]})
        return done(
            request,
            code,
            lambda: services.attest_final(
                contract, party, held["scan"], sha256=held["sha256"], actor=actor, rev=rev
            ),
        )


class ContractSign(APIView):
    """登记签订。平台不验证电子签名，只检查文件中含有签名。"""

    permission_classes = (IsAuthenticated,)
    parser_classes = FILE_PARSERS
    conditional = True

    @extend_schema(
        operation_id="contract_sign",
        parameters=[MATCH],
        request=with_file(SignWrite),
        responses=ContractRead,
    )
    def post(self, request: Request, code: str) -> Response:
        """Record the day of the signature with the signed copy."""
        contract = read_contract(request, code, "deals.bind_contract")
        rev, held = seen_rev(request), values_of(SignWrite, request)
        count_upload(request)
        actor: Any = request.user
        return done(
            request,
            code,
            lambda: services.sign(
                contract,
                signed_on=held["signed_on"],
                form=held["form"],
                fully_sealed=held["fully_sealed"],
                upload=held["file"],
                actor=actor,
                rev=rev,
            ),
        )


class ContractCopies(APIView):
    """签订文本的扫描件。"""

    permission_classes = (IsAuthenticated,)
    parser_classes = FILE_PARSERS
    conditional = True

    @extend_schema(operation_id="contract_copies", responses=CopyRead(many=True))
    def get(self, request: Request, code: str) -> Response:
        """The signed copies, oldest first."""
        read_parameters(request)
        contract = read_contract(request, code)
        rows = contract.copies.select_related("file")
        return tagged(CopyRead(rows, many=True).data, contract.rev)

    @extend_schema(
        operation_id="contract_copy_add",
        parameters=[MATCH],
        request=with_file(CopyWrite),
        responses=ContractRead,
    )
    def post(self, request: Request, code: str) -> Response:
        """Add a better copy; the version that was seen keeps a second click from adding two."""
        contract = read_contract(request, code, "deals.record_contract")
        rev, held = seen_rev(request), values_of(CopyWrite, request)
        count_upload(request)
        actor: Any = request.user
        return done(
            request,
            code,
            lambda: services.add_copy(
                contract,
                held["file"],
                fully_sealed=held["fully_sealed"],
                signed_on=held["signed_on"],
                actor=actor,
                rev=rev,
            ),
        )
