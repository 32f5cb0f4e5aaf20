"""Start the export of a long list as a job."""

from collections.abc import Sequence
from typing import Any

from marketplace.journal.jobs import start_job
from marketplace.journal.models import Job
from marketplace.kernel.actors import Actor
from marketplace.parties.policies import access_of
from marketplace.sheets.exports import Export

EXPORT = "listings.export"


def start_export(export: Export, codes: Sequence[str], *, actor: Actor) -> Job:
    """在后台把这些信息导出为 Excel；运行时再按发起人的权限取数。"""
    payload: dict[str, Any] = {"export": export.name, "codes": list(codes)}
    if export.is_private:
        # The workbook holds contacts: whoever leaves one of these organisations loses it.
        payload["orgs"] = sorted(access_of(actor).orgs)
    return start_job(EXPORT, actor=actor, payload=payload, total=len(codes))
