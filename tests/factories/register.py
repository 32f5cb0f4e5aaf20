"""Sheets of the official register as the national system exports them."""

import csv
import io
from datetime import date, timedelta
from typing import Any

from openpyxl import Workbook

from marketplace.registration.imports.columns import COLUMNS

HEADINGS = [
    f"{column.label}（万元）" if column.money else str(column.label)
    for column in COLUMNS
    if column.name != "is_related"
]
_NAMES = [column.name for column in COLUMNS if column.name != "is_related"]
_TYPES = ["委托开发", "合作开发", "专利权转让", "专利实施许可", "技术咨询", "技术服务", "技术培训"]
_DISTRICTS = ["371302", "371311", "371312", "371321", "371323", "110108", "370102"]


def values(serial: int, **given: Any) -> dict[str, str]:
    """One row by column name; amounts in 万元."""
    on = date(2021, 1, 4) + timedelta(days=(serial * 7) % 2100)
    row = {
        "official_number": f"{on.year}371301{serial:06d}",
        "official_on": on.isoformat(),
        "title": f"示例项目第{serial}号",
        "contract_type": _TYPES[serial % len(_TYPES)],
        "signed_on": (on - timedelta(days=20)).isoformat(),
        "starts_on": (on - timedelta(days=20)).isoformat(),
        "ends_on": (on + timedelta(days=400)).isoformat(),
        "total": f"{10 + serial % 90}.{serial % 100:02d}",
        "technical": f"{5 + serial % 5}",
        "seller": f"示例卖方{serial % 211}有限公司",
        "seller_nature": "150",
        "seller_district": _DISTRICTS[serial % 5],
        "buyer": f"示例买方{serial % 307}有限公司",
        "buyer_nature": "150",
        "buyer_district": _DISTRICTS[serial % len(_DISTRICTS)],
        "broker": "示例中介公司" if serial % 9 == 0 else "",
    }
    return row | given


def cells(row: dict[str, str]) -> list[str]:
    """A row in the order of HEADINGS."""
    return [row.get(name, "") for name in _NAMES]


def as_csv(
    rows: list[dict[str, str]], *more: list[str], headings: list[str] | None = None
) -> bytes:
    """The sheet as CSV; `more` are further lines, such as a total."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(headings or HEADINGS)
    writer.writerows([*map(cells, rows), *more])
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(rows: list[dict[str, str]]) -> bytes:
    """The sheet as XLSX."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("登记表")
    sheet.append(HEADINGS)
    for row in rows:
        sheet.append(cells(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def total_line(total: str, technical: str = "") -> list[str]:
    """A line of totals."""
    return cells({"official_number": "合计", "total": total, "technical": technical})
