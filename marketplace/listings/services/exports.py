"""Start the export of a long list as a job."""

from collections.abc import Sequence
from typing import Any

from marketplace.journal.jobs import start_job
from marketplace.journal.models import Job
from marketplace.parties.policies import access_of

EXPORT = "listings.export"


def start_export(name: str, codes: Sequence[str], *, actor: Any, is_own: bool) -> Job:
    """在后台把这些信息导出为 Excel；运行时再按发起人的权限取数。"""
    payload = {"kind": name, "codes": list(codes), "is_own": is_own}
    if is_own:
        # The workbook holds contacts: whoever leaves one of them loses it.
        payload["orgs"] = sorted(access_of(actor).orgs)
    return start_job(EXPORT, actor=actor, payload=payload, total=len(codes))
