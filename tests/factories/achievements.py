"""Achievements in any state and sheets to import, made as people would make them."""

import io
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from openpyxl import Workbook

from marketplace.achievements import services
from marketplace.achievements.models import Achievement, ImportBatch
from marketplace.files import storage
from marketplace.kernel import clock
from marketplace.listings import services as listings
from marketplace.parties.models import Organization, User

COMPLETE: dict[str, Any] = {
    "title": "烧结钕铁硼晶界扩散低重稀土技术",
    "summary": "在成品磁片表面涂覆复合浆料，经真空热处理使铽只富集于晶界外壳，矫顽力明显提高。",
    "industry": "materials.magnetic",
    "field": "05",
    "district": "371302",
    "description": "磁片磨至成品尺寸并脱脂酸洗；以乙醇基复合浆料双面辊涂，红外预固化后码盒入炉，"
    "860 ℃保温 8 h，再经 490 ℃回火 3 h。中试线装炉量 500 kg，连续 60 炉。",
    "innovation": "低熔点相降低扩散温度\n双面辊涂加红外预固化",
    "scenario": "伺服电机、驱动电机用磁片",
    "comparison": "每吨磁体节约重稀土采购约 4.6 万元",
    "keywords": ["钕铁硼", "晶界扩散"],
    "trl": 8,
    "trl_evidence": "中试线连续生产 14 个月",
    "has_sample": True,
    "cooperation": ["license", "joint_dev"],
    "pricing_mode": "negotiated",
    "price_min": 120_000_000,
    "price_max": 180_000_000,
    "contact_name": "周允衡",
    "contact_phone": "0539-8100000",
    "contact_email": "tto@example.com",
    "confidential": "浆料配比见附件，不得外传。",
}
ROWS: dict[str, list[dict[str, Any]]] = {
    "indicators": [
        {
            "name": "矫顽力 Hcj",
            "comparator": "ge",
            "value": 21,
            "unit": "kOe",
            "method": "GB/T 3217",
            "evidence": "第三方检测",
        },
        {"name": "回火温度", "comparator": "between", "value": 480, "value_high": 500, "unit": "℃"},
    ],
    "patents": [
        {"kind": "invention", "number": "ZL202010000001.1", "title": "浆料", "status": "granted"}
    ],
    "owners": [{"name": "沂州理工大学", "share": 70}, {"name": "沂河研究院", "share": 30}],
    "inventors": [{"name": "郑亦山", "title": "教授", "contribution": "总体方案"}],
}


def make_achievement(
    owner: Organization, author: User, *, state: str = "draft", **values: Any
) -> Achievement:
    """A complete achievement of `owner` in `state`, through the services."""
    made = listings.create_draft(
        Achievement, owner=owner, actor=author, values={**COMPLETE, **values}
    )
    made = listings.save_step(made, actor=author, values={}, rows=ROWS)
    return advance(made, author, state)


def advance(made: Achievement, author: User, state: str) -> Achievement:
    """Bring a draft to `state` by the moves that people would make."""
    from tests.factories.parties import make_staff

    if state == "draft":
        return made
    if state == "expired":
        return _expired(made, author)
    made = listings.move(made, "submit", actor=author)
    if state == "in_review":
        return made
    registrar = make_staff("registrar_city")
    if state == "returned":
        return listings.move(made, "return", actor=registrar, reasons=["指标没有证据"])
    made = listings.move(made, "publish", actor=registrar)
    if state == "withdrawn":
        return listings.move(made, "withdraw", actor=author, reason="不再转让")
    if state == "transferred":
        return listings.move(made, "transfer", actor=author, how="platform", note="")
    return made


def _expired(made: Achievement, author: User) -> Achievement:
    """Published two days ago for that day only; then the clock closed it."""
    with clock.shift(-timedelta(days=2)):
        last_day = {"valid_until": clock.today()}
        made = listings.save_step(made, actor=author, values=last_day)
        advance(made, author, "published")
    listings.expire_due(Achievement)
    made.refresh_from_db()
    assert made.status == "expired"
    return made


HEADS = ["成果名称", "技术方案", "关键词"]
TEXT = "以脱脂豆粕为主剂的无醛胶黏剂，适用期六小时，可在现有热压线上替代脲醛胶，已连续试用八个月，批号 {}。"


def sheet(rows: Sequence[Sequence[Any]], heads: Sequence[str] = HEADS) -> bytes:
    """An XLSX workbook with these rows."""
    book = Workbook()
    page = book.active
    page.append(list(heads))
    for row in rows:
        page.append(list(row))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def good_rows(count: int, start: int = 0) -> list[list[str]]:
    """Rows that are good, each different."""
    return [
        [f"无醛豆粕胶黏剂 {n}", TEXT.format(n), "豆粕；胶"] for n in range(start, start + count)
    ]


def upload(owner: Organization, actor: User, data: bytes, name: str = "成果.xlsx") -> ImportBatch:
    """A batch whose file lies in the store and waits for its check."""
    stored = storage.put(io.BytesIO(data))
    return services.start_import(owner=owner, actor=actor, file_name=name, file_path=stored.path)
