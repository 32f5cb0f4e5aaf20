"""Drafts read back from the file: parties, amounts, indicators, payments, the mark, hostile text."""

from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from docx import Document

from marketplace.deals.rulebook import pdf
from marketplace.deals.rulebook.clauses import NAMES, clauses_of, law
from marketplace.deals.rulebook.drafting import (
    BLANK,
    MARK,
    DraftAmount,
    DraftFacts,
    DraftIndicator,
    DraftParty,
    DraftStep,
    draft_of,
    missing,
)
from marketplace.deals.rulebook.drawing import docx_of, html_of

PERSON = f"自然人，证件号码：{BLANK}"
FACTS = DraftFacts(
    code="HT3F7K2M9Q",
    title="高强陶粒烧结工艺开发",
    kind="KF",
    type_name="委托开发",
    parties=(
        DraftParty("buyer", "临沂建材有限公司", "91371300MA3C0AAA0X", legal_head="王明"),
        DraftParty(
            "seller", "临沂大学", "12370000495000000A", contact_name="李老师", share_bp=6_000
        ),
        DraftParty("seller", "张三", is_person=True, share_bp=4_000),
    ),
    amount_total_fen=86_000_000,
    amount_technical_fen=80_000_000,
    payment_mode="instalments",
    payment_name="一次总算、分期支付",
    deductions=(DraftAmount("设备", 6_000_000, note="烧结炉一台"),),
    instalments=(
        DraftAmount("合同签订后", 43_000_000, date(2026, 12, 1)),
        DraftAmount("验收合格后", 43_000_000),
    ),
    starts_on=date(2026, 12, 1),
    ends_on=date(2027, 11, 30),
    place="临沂市兰山区",
    subject="开发一种筒压强度高的陶粒。\n提供全部工艺文件。",
    indicators=(DraftIndicator("筒压强度", "≥6.5", "MPa", "GB/T 17431.2"),),
    ip_names=("技术秘密",),
)


def read(facts: DraftFacts) -> tuple[str, list[list[list[str]]]]:
    """The paragraphs of the file as one text, and its tables as rows of cells."""
    document = Document(BytesIO(docx_of(draft_of(facts))))
    tables = [
        [[cell.text for cell in row.cells] for row in table.rows] for table in document.tables
    ]
    return "\n".join(paragraph.text for paragraph in document.paragraphs), tables


def test_a_draft_says_who_what_how_much_and_when() -> None:
    text, (parties, indicators, deductions, payments, signatures) = read(FACTS)
    assert text.startswith("技术开发合同（委托开发）\n示范文本，仅供参考　记录编号：HT3F7K2M9Q")
    assert "各方经平等协商" in text
    assert "合同总金额：人民币捌拾陆万元整（¥860,000.00）。" in text
    assert "其中技术交易额：人民币捌拾万元整（¥800,000.00）。" in text
    assert "自2026年12月1日起至2027年11月30日止（含当日）" in text
    assert "开发一种筒压强度高的陶粒。\n提供全部工艺文件。" in text
    assert parties[1:] == [
        ["甲方（委托人）", "临沂建材有限公司", "91371300MA3C0AAA0X", "王明", "—"],
        ["乙方（研究开发人）", "临沂大学（份额60%）", "12370000495000000A", "—", "李老师"],
        ["乙方（研究开发人）", "张三（份额40%）", PERSON, "—", "—"],
    ]
    assert indicators[1:] == [["1", "筒压强度", "≥6.5 MPa", "GB/T 17431.2"]]
    assert deductions[1:] == [["设备", "60,000.00", "烧结炉一台"], ["合计", "60,000.00", "—"]]
    assert payments[1:] == [
        ["1", "合同签订后", "2026年12月1日", "430,000.00", "肆拾叁万元整"],
        ["2", "验收合格后", "—", "430,000.00", "肆拾叁万元整"],
        ["合计", "", "", "860,000.00", "捌拾陆万元整"],
    ]
    head = "法定代表人或者授权代表（签字）："
    assert [row[0] for row in signatures[1:]] == [
        f"甲方（委托人）：临沂建材有限公司（盖章）\n{head}",
        f"乙方（研究开发人）：临沂大学（盖章）\n{head}",
        "乙方（研究开发人）：张三（签章）",
    ]
    assert missing(FACTS) == ()


def test_milestones_and_a_deposit_stand_in_the_text() -> None:
    steps = (DraftStep("完成小试", date(2027, 3, 31)), DraftStep("中试验收"))
    text, tables = read(replace(FACTS, milestones=steps, deposit_text="签订后支付定金五万元。"))
    assert tables[2] == [
        ["序号", "节点", "完成日期"],
        ["1", "完成小试", "2027年3月31日"],
        ["2", "中试验收", "—"],
    ]
    assert "定金、保证金：签订后支付定金五万元。\n" in text


def test_a_contract_with_a_broker_says_what_the_broker_owes_and_is_owed() -> None:
    named = (*FACTS.parties, DraftParty("broker", "林晓岚", is_person=True))
    text, tables = read(replace(FACTS, parties=named))
    assert "第八条　中介方的权利和义务\n" in text
    assert "中介报酬的数额、支付人和支付时间，按照中介方与委托人订立的委托合同执行。" in text
    assert tables[-1][-1][0] == "中介方：林晓岚（签章）"
    assert "中介方的权利和义务" not in read(FACTS)[0]
    # Of an intermediary contract the broker is a side, with clauses of its own.
    assert "中介方的权利和义务" not in read(replace(FACTS, kind="FW-Z", parties=named))[0]


def test_a_final_text_is_no_longer_marked_as_a_reference() -> None:
    made = draft_of(FACTS, final=2)
    document = Document(BytesIO(docx_of(made)))
    text = "\n".join(row.text for row in document.paragraphs)
    assert text.startswith("技术开发合同（委托开发）\n第 2 稿　记录编号：HT3F7K2M9Q\n项目名称：")
    assert "仅供参考" not in text
    footer = document.sections[0].footer.paragraphs[0]
    assert footer.text.startswith("第 2 稿")
    assert "PAGE" in footer._p.xml
    assert draft_of(replace(FACTS, is_sample=True), final=2).mark == "示例数据　第 2 稿"
    assert draft_of(replace(FACTS, is_sample=True)).mark == f"示例数据　{MARK}"


def test_rows_that_are_sealed_are_tall_and_stay_together() -> None:
    document = Document(BytesIO(docx_of(draft_of(FACTS))))
    rows = document.tables[-1].rows
    assert [row.height and round(row.height.cm, 1) for row in rows] == [None, 2.8, 2.8, 2.8]
    kept = [row.cells[0].paragraphs[0].paragraph_format.keep_with_next for row in rows]
    assert kept == [True, True, True, False]
    # A credit code of 18 characters fits in its column.
    assert round(document.tables[0].rows[1].cells[2].width.cm, 1) == 5.1


@pytest.mark.parametrize("kind", list(NAMES))
def test_every_kind_has_its_title_its_sides_and_its_articles(kind: str) -> None:
    facts = replace(FACTS, kind=kind, type_name="")
    text, tables = read(facts)
    names = NAMES[kind]
    assert text.startswith(f"{names.title}\n")
    assert tables[0][1][0] == f"甲方（{names.buyer}）"
    for clause in clauses_of(kind):
        assert f"　{clause.heading}\n" in text
    assert "第一条" in text
    assert "{rights}" not in text


def test_each_kind_rests_on_its_own_articles_of_the_civil_code() -> None:
    first = {kind: clauses_of(kind)[0].articles for kind in NAMES}
    assert first == {
        "KF": (852, 853),
        "ZR": (864, 870),
        "XK": (864, 865),
        "ZX": (879, 880, 881),
        "FW": (882, 883, 884),
        "FW-P": (882, 883, 887),
        "FW-Z": (962, 963, 964, 965),
    }
    assert clauses_of("KF", joint=True)[0].articles == (855, 856)
    assert law(852, 853) == "依据《民法典》第八百五十二条、第八百五十三条"


def test_an_empty_record_gives_blanks_and_names_them() -> None:
    empty = DraftFacts(code="HT3F7K2M9Q", title="", kind="ZX")
    text, tables = read(empty)
    assert f"合同总金额：{BLANK}。" in text
    assert tables[0][1] == ["甲方（委托人）", BLANK, BLANK, BLANK, BLANK]
    assert missing(empty) == (
        *("项目名称", "委托人", "受托人", "标的内容", "验收标准"),
        *("合同起止日期", "履行地点", "合同金额", "支付方式"),
    )


def test_a_royalty_says_its_entry_fee_and_that_the_total_is_estimated() -> None:
    text, _tables = read(
        replace(
            FACTS,
            payment_mode="royalty_entry",
            payment_name="提成支付附加预付入门费",
            entry_fee_fen=10_000_000,
            royalty_text="按新增销售额的3%",
            is_estimate=True,
        )
    )
    assert "合同总金额（按约定计算，暂估）：" in text
    assert "入门费：人民币壹拾万元整（¥100,000.00）。" in text
    assert "提成：按新增销售额的3%。" in text


HOSTILE = "</p><script>alert(1)</script>{{ 7*7 }}\x00\x0b\ud800<img src=http://127.0.0.1:1/x>"


def test_hostile_text_stays_text() -> None:
    facts = replace(FACTS, title=HOSTILE, subject=HOSTILE)
    text, _tables = read(facts)
    assert "</p><script>alert(1)</script>{{ 7*7 }}<img src=http://127.0.0.1:1/x>" in text
    html = html_of(draft_of(facts))
    assert "<script" not in html
    assert "<img" not in html
    assert "\x00" not in html


def test_the_draft_is_printed_as_a_pdf_of_several_pages() -> None:
    assert pdf.can_print(), "the packages of README are missing: libpango-1.0-0 libpangoft2-1.0-0"
    made = pdf.pdf_of(html_of(draft_of(replace(FACTS, title=HOSTILE))))
    with pikepdf.open(BytesIO(made)) as document:
        assert len(document.pages) >= 3
        assert str(document.docinfo["/Title"]) == "技术开发合同（委托开发）"
        faces = {str(font["/BaseFont"]) for font in document.pages[0].Resources.Font.values()}
    assert any("Noto" in face for face in faces), faces


def test_the_printed_page_says_what_the_file_says_and_has_the_mark_on_each_page() -> None:
    html = html_of(draft_of(FACTS))
    assert f'@bottom-center {{ content: "{MARK}　" counter(page)' in html
    for words in ("捌拾陆万元整", "≥6.5 MPa", "GB/T 17431.2", "临沂大学（份额60%）", "60,000.00"):
        assert words in html


def test_a_page_that_is_printed_loads_nothing(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("not for a contract")
    page = (
        f'<html><head><link rel=attachment href="{secret.as_uri()}"></head>'
        f'<body><img src="{secret.as_uri()}"><img src="data:image/png;base64,AAAA"><p>甲</p></body></html>'
    )
    with pikepdf.open(BytesIO(pdf.pdf_of(page))) as document:
        assert len(document.pages) == 1
        assert not list(document.attachments)
        assert not list(document.pages[0].get_images())
