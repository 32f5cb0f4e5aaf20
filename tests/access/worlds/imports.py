"""Uploaded sheets of service offers, all of the enterprise's member."""

from typing import Any

from marketplace.files.models import Attachment
from marketplace.kernel.codes import new_code
from tests.factories.achievements import sheet
from tests.factories.files import make_attachment


def imports(world: Any) -> dict[str, dict[str, dict[str, Any]]]:
    """One that can be read, with a good and a bad row, and one that waits for the scan."""
    made = {"missing": {"code": new_code("FJ")}}
    data = sheet([["甲醛检测", "检验检测"], ["", "检验检测"]], ["服务名称", "服务类别"])
    for state in ("ready", "waiting"):
        row = make_attachment(
            world.cast.member,
            data=data,
            name="服务.xlsx",
            subject_kind="offerings.import",
            subject_id=None,
        )
        Attachment.objects.filter(pk=row.pk).update(status=state)
        world.rows["offering_import", state] = row
        made[state] = {"code": row.code}
    return {"offering_import": made}
