"""Reads and stores the parties of a contract."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.brokerage.models import Broker
from marketplace.deals.models import Contract, ContractParty
from marketplace.deals.services.cleaning import (
    MAX_PARTIES,
    Reader,
    read_place_of_party,
    share_bp,
    wrong_shares,
)
from marketplace.deals.workflow import Book, Side
from marketplace.kernel.actors import Actor
from marketplace.parties.models import Organization
from marketplace.parties.policies import access_of
from marketplace.parties.rulebook import UnfitCode, normalize_uscc
from marketplace.parties.workflow import OrgStatus

#: Kind of an organisation -> its nature on the form, where there is only one. An enterprise has many.
NATURE_OF_KIND: Mapping[str, str] = {"university": "022", "institute": "021"}
_CHINA = "CHN"


def read_parties(reader: Reader, contract: Contract, actor: Actor) -> list[dict[str, Any]]:
    """The rows of the section `parties`, checked together. Two queries.

    A row has `side`, and `organization` (code or key), `broker` (code or key), or `name` with
    `identity`; `is_person`, `nature`, `district`, `country`, `legal_head`, `contact_name`,
    `contact_phone`, `share_bp`.
    """
    given = [row for row in reader.given.get("parties") or [] if isinstance(row, Mapping)]
    known = _organizations(given)
    present = list(contract.parties.all())
    brokers = _brokers(given, kept={row.broker_id for row in present})
    kept = {row.organization_id for row in present} | {contract.owner_id}

    def read(row: Reader) -> None:
        _read_party(row, known, brokers, kept, actor)

    rows = reader.rows("parties", read, MAX_PARTIES)
    if not reader.errors:
        _check_outside(reader, rows)
        _check_together(reader, rows, contract)
    return rows


def _organizations(given: Sequence[Mapping[str, Any]]) -> dict[str, Organization]:
    asked = [str(row.get("organization") or "") for row in given]
    rows = Organization.objects.filter(code__in=[row for row in asked if row and not row.isdigit()])
    keyed = Organization.objects.filter(pk__in=[int(row) for row in asked if _is_key(row)])
    found = {row.code: row for row in rows}
    return found | {str(row.pk): row for row in keyed}


def _brokers(given: Sequence[Mapping[str, Any]], *, kept: set[int | None]) -> dict[str, Broker]:
    """The brokers asked for who are in the register, or in this contract already: others are nobody's to name."""
    asked = [str(row.get("broker") or "") for row in given]
    rows = Broker.objects.filter(code__in=[row for row in asked if row and not row.isdigit()])
    keyed = Broker.objects.filter(pk__in=[int(row) for row in asked if _is_key(row)])
    found = {row.code: row for row in rows} | {str(row.pk): row for row in keyed}
    return {key: row for key, row in found.items() if row.is_entered or row.pk in kept}


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def _read_party(
    row: Reader,
    known: Mapping[str, Organization],
    brokers: Mapping[str, Broker],
    kept: set[int | None],
    actor: Actor,
) -> None:
    side = str(row.given.get("side") or "")
    if side not in Side.values:
        row.wrong("side", _("请选择卖方、买方或者中介方"))
    row.columns["side"] = side
    asked, named = str(row.given.get("organization") or ""), str(row.given.get("broker") or "")
    org, broker = known.get(asked), brokers.get(named)
    allowed = org is not None and (
        org.is_verified or org.pk in kept or access_of(actor).in_org(org.pk)
    )
    if asked and not allowed:
        row.wrong("organization", _("没有找到这个已认证的单位；平台外的单位请直接填写名称和代码"))
        org = None
    if named and broker is None:
        row.wrong("broker", _("没有找到这位技术经纪人"))
    if broker is not None and side != Side.BROKER:
        row.wrong("broker", _("技术经纪人只能作为中介方"))
    row.columns |= {"organization": org, "broker": broker}
    is_person = row.flag("is_person")
    if org is not None:
        row.columns |= {"name": org.name, "identity": org.uscc or "", "is_person": False}
    else:
        filled = row.text("name", 120, required="" if broker is not None else _("请填写名称"))
        if broker is not None:
            # The entries of the register are people, whatever the form says.
            row.columns |= {"name": filled or broker.name, "is_person": True}
        _read_identity(row, is_person=is_person or broker is not None)
    read_place_of_party(row)
    if org is not None:
        row.columns["district"] = row.columns["district"] or org.district
        row.columns["nature"] = row.columns["nature"] or NATURE_OF_KIND.get(org.kind, "")
    share_bp(row)


def _read_identity(row: Reader, *, is_person: bool) -> None:
    identity = row.text("identity", 40)
    if is_person:
        # The number of a person's identity card is not needed here, and so not kept.
        row.columns["identity"] = ""
    elif identity and str(row.given.get("country") or _CHINA).upper() == _CHINA:
        try:
            row.columns["identity"] = normalize_uscc(identity)
        except UnfitCode as error:
            row.wrong("identity", error.args[0])


def _check_outside(reader: Reader, rows: list[dict[str, Any]]) -> None:
    """Whoever is on the platform confirms for itself: its credit code makes nobody an outside party. One query."""
    typed = {
        row["identity"]: index
        for index, row in enumerate(rows)
        if row["organization"] is None and row["identity"]
    }
    inside = Organization.objects.filter(uscc__in=typed, status=OrgStatus.VERIFIED)
    for uscc in inside.values_list("uscc", flat=True):
        reader.wrong(
            f"parties.{typed[uscc]}.identity",
            _("这个单位已在平台认证，请从平台单位中选择，由对方自己确认"),
        )


def _check_together(reader: Reader, rows: list[dict[str, Any]], contract: Contract) -> None:
    shares: dict[str, list[int | None]] = {Side.SELLER: [], Side.BUYER: []}
    seen: dict[object, str] = {}
    for index, row in enumerate(rows):
        if row["side"] in shares:
            shares[row["side"]].append(row["share_bp"])
        else:
            row["share_bp"] = None
        org = row["organization"]
        key = org.pk if org is not None else row["identity"] or None
        if key is not None and key in seen:
            reader.wrong(f"parties.{index}.name", _("同一个单位不能重复列为合同当事人"))
        elif key is not None:
            seen[key] = row["side"]
    for side in wrong_shares(shares):
        index = next(i for i, row in enumerate(rows) if row["side"] == side)
        reader.wrong(f"parties.{index}.share_bp", _("同一方有多个当事人时，份额合计应为 100%"))
    if contract.owner_id is not None and seen.get(contract.owner_id) not in {
        Side.SELLER,
        Side.BUYER,
    }:
        reader.wrong("parties", _("保存这份合同的单位必须是卖方或者买方"))


def store_parties(contract: Contract, rows: Sequence[Mapping[str, Any]]) -> None:
    """Replace the parties of an unsigned contract, and set the book that follows from them."""
    contract.parties.all().delete()
    places: dict[str, int] = {}
    made = []
    for row in rows:
        places[row["side"]] = places.get(row["side"], 0) + 1
        made.append(ContractParty(contract=contract, position=places[row["side"]], **row))
    ContractParty.objects.bulk_create(made)
    if any(row.organization is not None and row.organization.is_sample for row in made):
        contract.book = Book.SAMPLE
    forget_parties(contract)


def forget_parties(contract: Contract) -> None:
    """Drop the prefetched parties of a contract, which no longer hold."""
    getattr(contract, "_prefetched_objects_cache", {}).pop("parties", None)


def party_row(org: Organization, side: str, *, with_contact: bool = False) -> dict[str, Any]:
    """The columns of a party that is an organisation here. Contacts only of the own organisation."""
    return {
        "side": side,
        "organization": org,
        "broker": None,
        "name": org.name,
        "identity": org.uscc or "",
        "is_person": False,
        "nature": NATURE_OF_KIND.get(org.kind, ""),
        "district": org.district,
        "country": _CHINA,
        "legal_head": "",
        "contact_name": org.contact_name if with_contact else "",
        "contact_phone": org.contact_phone if with_contact else "",
        "share_bp": None,
    }


def broker_row(broker: Broker) -> dict[str, Any]:
    """The columns of a broker as the third party of a contract."""
    return {
        "side": Side.BROKER,
        "organization": None,
        "broker": broker,
        "name": broker.name,
        "identity": "",
        "is_person": True,
        "nature": "",
        "district": "",
        "country": _CHINA,
        "legal_head": "",
        "contact_name": "",
        "contact_phone": "",
        "share_bp": None,
    }
