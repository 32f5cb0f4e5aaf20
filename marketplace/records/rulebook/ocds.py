"""How a tender is told in the Open Contracting Data Standard, version 1.1.5 (standard.open-contracting.org/1.1).

Statuses and tags are closed code lists of the standard. A standstill has none of its own there: the award is
`pending` until nobody can object any more.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from marketplace.kernel.clock import SHANGHAI
from marketplace.tenders.workflow import Stage, Status

VERSION = "1.1"
_AT = "https://raw.githubusercontent.com/open-contracting-extensions/ocds_{}_extension/v1.1.5/extension.json"
EXTENSIONS = [_AT.format(name) for name in ("bid", "enquiry", "lots")]
#: Scheme of 统一社会信用代码 in the register of organisation identifiers; and ours where there is no such code.
USCC_SCHEME, OWN_SCHEME = "CN-USCI", "JIEBANG"

_TENDER = {
    Status.PUBLISHED: "planned",
    Status.TENDERING: "active",
    Status.CLOSED: "active",
    Status.COMPLETE: "complete",
    Status.FAILED: "unsuccessful",
    Status.CANCELLED: "cancelled",
}
_LOT = {
    Stage.AWARDED: "complete",
    Stage.CONTRACTED: "complete",
    Stage.COMPLETED: "complete",
    Stage.FAILED: "unsuccessful",
    Stage.CANCELLED: "cancelled",
}


def lot_status(stage: str, tender_status: str) -> str:
    """The status of a lot; before its award that of the tender."""
    return _LOT.get(Stage(stage)) or _TENDER[Status(tender_status)]


def tender_status(status: str, stages: Sequence[str]) -> str:
    """The status of the tender, derived from its lots once it is closed: all awarded or over is complete."""
    if status != Status.CLOSED:
        return _TENDER[Status(status)]
    found = {_LOT.get(Stage(stage), "active") for stage in stages}
    if "active" in found or not found:
        return "active"
    return "complete" if "complete" in found else "unsuccessful"


def moment(at: datetime | None) -> str | None:
    """An instant with the offset of Asia/Shanghai; the standard demands an offset."""
    return at.astimezone(SHANGHAI).isoformat() if at is not None else None


def amount(fen: int | None) -> dict[str, Any] | None:
    """An amount in yuan; None for 面议."""
    if fen is None:
        return None
    return {"amount": fen // 100 if fen % 100 == 0 else fen / 100, "currency": "CNY"}


def party_id(code: str, uscc: str | None) -> str:
    """The identifier of an organisation."""
    return f"{USCC_SCHEME}-{uscc}" if uscc else f"{OWN_SCHEME}-{code}"


def bare(value: Any) -> Any:
    """The value without empty parts, which the standard tells to leave out."""
    if isinstance(value, dict):
        found = {key: bare(one) for key, one in value.items()}
        return {key: one for key, one in found.items() if one not in (None, "", [], {})}
    if isinstance(value, list):
        return [one for one in (bare(row) for row in value) if one not in (None, "", [], {})]
    return value


def digest(content: Mapping[str, Any]) -> str:
    """SHA-256 of the content of a release as JSON with sorted keys: two releases that say the same have the same."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


_ENDED_AWARDS = frozenset({"cancelled", "unsuccessful"})


def tags_between(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> list[str]:
    """What a release is about, told by what changed since the one before it."""
    if before is None:
        return ["tender"]
    found = [
        *_tender_tags(before.get("tender", {}), after.get("tender", {})),
        *_tags(before, after, "awards", "award", "awardUpdate", "awardCancellation", _ENDED_AWARDS),
        *_tags(
            before,
            after,
            "contracts",
            "contract",
            "contractUpdate",
            "contractTermination",
            frozenset({"terminated", "cancelled"}),
        ),
    ]
    return list(dict.fromkeys(found)) or ["tenderUpdate"]


def _tender_tags(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    if after.get("status") == "cancelled" != before.get("status"):
        return ["tenderCancellation"]
    if len(after.get("amendments", [])) > len(before.get("amendments", [])):
        return ["tenderAmendment"]
    return []


def _tags(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    section: str,
    new: str,
    update: str,
    end: str,
    ended: frozenset[str],
) -> list[str]:
    known = {row["id"]: row for row in before.get(section, [])}
    found = []
    for row in after.get(section, []):
        old = known.get(row["id"])
        if old is None:
            found.append(new)
        elif row.get("status") in ended and old.get("status") not in ended:
            found.append(end)
        elif row != old:
            found.append(update)
    return found


def package(
    releases: Sequence[Mapping[str, Any]],
    *,
    uri: str,
    published: datetime,
    publisher: str,
    site: str,
) -> dict[str, Any]:
    """A package of releases. `uri` is its own address."""
    return {**_head(uri, published, publisher, site), "releases": list(releases)}


def record_package(
    ocid: str,
    releases: Sequence[Mapping[str, Any]],
    compiled: Mapping[str, Any],
    *,
    uri: str,
    published: datetime,
    publisher: str,
    site: str,
) -> dict[str, Any]:
    """A package with the record of one process: every release, and what they say together."""
    record = {"ocid": ocid, "releases": list(releases), "compiledRelease": compiled}
    return {**_head(uri, published, publisher, site), "records": [record]}


def _head(uri: str, published: datetime, publisher: str, site: str) -> dict[str, Any]:
    return {
        "uri": uri,
        "version": VERSION,
        "extensions": EXTENSIONS,
        "publishedDate": moment(published),
        "publisher": {"name": publisher, "uri": site},
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "publicationPolicy": f"{site}/open-data/",
    }


def compiled(releases: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What the releases of a process say together.

    Each release tells the whole state, so the newest one is the result of a merge; `ocdsmerge` gives the same.
    """
    last = releases[-1]
    return {**last, "id": f"{last['ocid']}-{last['date']}", "tag": ["compiled"]}
