"""Cells of a sheet: terms by any of their names, entries one a line, titles from a text."""

from time import process_time
from typing import Any

import pytest

from marketplace.achievements.imports import cells, titles
from marketplace.achievements.imports.contacts import read_contact
from marketplace.listings.imports import cells as shared
from marketplace.listings.imports.cells import CellError

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("scheme", "text", "code"),
    [
        ("industry", "磁性材料", "materials.magnetic"),
        ("industry", "新材料 / 磁性材料", "materials.magnetic"),
        ("industry", "新材料/磁性材料", "materials.magnetic"),
        ("industry", "Magnetic materials", "materials.magnetic"),
        ("industry", "materials.magnetic", "materials.magnetic"),
        ("field", "新材料及其应用", "05"),
        ("district", "沂南县", "371321"),
        ("pricing", "面议", "face"),
        ("ip_kind", "发明专利", "invention"),
    ],
)
def test_terms_are_known_by_code_label_and_path(scheme: str, text: str, code: str) -> None:
    assert shared.term(scheme)(text) == code


def test_an_unknown_term_is_answered_with_near_ones() -> None:
    with pytest.raises(CellError, match="磁性材料"):
        shared.term("industry")("磁性材")


@pytest.mark.parametrize("between", ["/", "／", "、", "，", ",", ";", "；", "|", "\n", " ", "·"])
def test_terms_by_whatever_stands_between(between: str) -> None:
    assert shared.several_terms("cooperation")(f"技术转让{between}技术许可") == [
        *("transfer", "license"),
    ]


@pytest.mark.parametrize("text", ["技术转让/炼金术", "炼金术/技术转让", "技术转让技术许可"])
def test_one_unknown_of_several_terms_is_a_problem(text: str) -> None:
    with pytest.raises(CellError, match="不在列表中"):
        shared.several_terms("cooperation")(text)


@pytest.mark.parametrize("text", ["磁性材料/机械制造", "磁性材料、木业", "新材料/木业"])
def test_several_terms_where_one_fits_are_a_problem(text: str) -> None:
    with pytest.raises(CellError):
        shared.term("industry")(text)


def test_several_terms() -> None:
    assert shared.several_terms("cooperation")("技术许可、合作开发；技术服务") == [
        *("license", "joint_dev", "service"),
    ]


@pytest.mark.parametrize(
    ("text", "value"), [("是", True), ("Yes", True), ("否", False), ("0", False)]
)
def test_yes_and_no(text: str, value: bool) -> None:
    assert shared.yes_no(text) is value


@pytest.mark.parametrize("text", ["也许", "2", "=1"])
def test_neither_yes_nor_no(text: str) -> None:
    with pytest.raises(CellError):
        shared.yes_no(text)


@pytest.mark.parametrize(
    ("text", "level"), [("6", "6"), ("TRL 6", "6"), ("６级", "6"), ("TRL 6 相关环境下演示", "6")]
)
def test_readiness(text: str, level: str) -> None:
    assert cells.readiness(text) == level


@pytest.mark.parametrize("text", ["0", "10", "TRL", "六", "1.5"])
def test_no_readiness(text: str) -> None:
    with pytest.raises(CellError):
        cells.readiness(text)


def test_keywords_keep_their_words_together() -> None:
    assert cells.words("GIS 技术；machine learning, α-半水石膏\n脱硫") == [
        *("GIS", "技术", "machine-learning", "α-半水石膏", "脱硫"),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("永磁 磁体　电机", ["永磁", "磁体", "电机"]),
        ("永磁/磁体／电机", ["永磁", "磁体", "电机"]),
        ("TCP/IP、AC/DC变换", ["TCP/IP", "AC/DC变换"]),
        ('"永磁"、“磁体”、「电机」', ["永磁", "磁体", "电机"]),
        ("永磁。磁体。", ["永磁", "磁体"]),
        ("永磁|磁体｜电机", ["永磁", "磁体", "电机"]),
        ("C++、5G基站、α-淀粉酶", ["C++", "5G基站", "α-淀粉酶"]),
        ("永磁,永磁，永磁", ["永磁"]),
        ("deep learning;  neural  network", ["deep-learning", "neural-network"]),
        ("“”、/、|", []),
    ],
)
def test_keywords_by_whatever_stands_between(text: str, found: list[str]) -> None:
    assert cells.words(text) == found


@pytest.mark.parametrize(
    ("line", "entry"),
    [
        ("硬度|≥|21|kOe", {"comparator": "ge", "value": "21", "unit": "kOe"}),
        ("硬度｜<=｜21", {"comparator": "le", "value": "21", "unit": ""}),
        ("强度|~|32~38|MPa", {"comparator": "between", "value": "32", "value_high": "38"}),
        ("强度||32–38|MPa", {"comparator": "between", "value": "32", "value_high": "38"}),
        ("温度|区间|-40~85|℃", {"comparator": "between", "value": "-40", "value_high": "85"}),
        ("节能|~|10\u301c15|%", {"comparator": "between", "value": "10", "value_high": "15"}),
        ("节能|~|10\uff5e15|%", {"comparator": "between", "value": "10", "value_high": "15"}),
        ("节能||10到15|%", {"comparator": "between", "value": "10", "value_high": "15"}),
        ("节能||10%-15%|%", {"comparator": "between", "value": "10", "value_high": "15"}),
        ("温度|~|\u221240\uff0d85|℃", {"value": "-40", "value_high": "85"}),
        ("温度|~|-40 ~ -20|℃", {"value": "-40", "value_high": "-20"}),
        ("产量||1,200~1,500|t", {"value": "1,200", "value_high": "1,500"}),
        ("负压|≤|\u22125|kPa", {"comparator": "le", "value": "-5"}),
        ("强度|大于等于|500|MPa", {"comparator": "ge", "value": "500"}),
        ("强度|不小于|500|MPa", {"comparator": "ge"}),
        ("强度|＞＝|500|MPa", {"comparator": "ge"}),
        ("强度|≮|500|MPa", {"comparator": "ge"}),
        ("强度|至少|500|MPa", {"comparator": "ge"}),
        ("强度|以上|500|MPa", {"comparator": "ge"}),
        ("强度|不超过|500|MPa", {"comparator": "le"}),
        ("强度|小于或等于|500|MPa", {"comparator": "le"}),
        ("强度|=<|500|MPa", {"comparator": "le"}),
        ("强度|超过|500|MPa", {"comparator": "gt"}),
        ("强度|少于|500|MPa", {"comparator": "lt"}),
        ("强度|≥500||MPa", {"comparator": "ge", "value": "500"}),
        ("强度||不低于500|MPa", {"comparator": "ge", "value": "500"}),
        ("强度||500及以上|MPa", {"comparator": "ge", "value": "500"}),
        ("合格率|≥|95％|", {"value": "95", "unit": "%"}),
        ("误码|≤|0.5‰|", {"value": "0.5", "unit": "‰"}),
        ("温度|=|-40|℃|GB/T 1|报告", {"value": "-40", "method": "GB/T 1", "evidence": "报告"}),
    ],
)
def test_indicators(line: str, entry: dict[str, Any]) -> None:
    (found,) = cells.entries(line, cells.indicator)
    assert entry.items() <= found.items()


@pytest.mark.parametrize("line", ["硬度|约|21", "硬度|≥|21|a|b|c|d"])
def test_unreadable_indicators(line: str) -> None:
    with pytest.raises(CellError):
        cells.entries(line, cells.indicator)


def test_rights_owners_and_inventors() -> None:
    (right,) = cells.entries("发明专利|ZL202010000001.1|已授权|一种胶", cells.patent)
    assert (right["kind"], right["status"], right["title"]) == ("invention", "granted", "一种胶")
    owners = cells.owners("甲大学|70%\n乙公司|30")
    assert [(o["name"], o["share"]) for o in owners] == [("甲大学", "70"), ("乙公司", "30")]
    inventors = cells.inventors("张三|教授\n\n李四")
    assert [(i["name"], i["title"]) for i in inventors] == [("张三", "教授"), ("李四", "")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("张三60%、李四40%", [("张三", "60"), ("李四", "40")]),
        ("甲大学 60％；乙公司（40%）", [("甲大学", "60"), ("乙公司", "40")]),
        ("甲大学：60.5%，乙公司：39.5%", [("甲大学", "60.5"), ("乙公司", "39.5")]),
        ("甲大学占６０％/乙公司占４０％", [("甲大学", "60"), ("乙公司", "40")]),
        ("甲大学、乙公司", [("甲大学", ""), ("乙公司", "")]),
        ("甲大学 材料学院", [("甲大学 材料学院", "")]),
        ("Acme Co., Ltd", [("Acme Co., Ltd", "")]),
        ("甲大学|60%\n乙公司40%", [("甲大学", "60"), ("乙公司", "40")]),
    ],
)
def test_owners_in_one_line(text: str, found: list[tuple[str, str]]) -> None:
    assert [(row["name"], row["share"]) for row in cells.owners(text)] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("张三、李四、王五", [("张三", "", ""), ("李四", "", ""), ("王五", "", "")]),
        ("张三 李四", [("张三", "", ""), ("李四", "", "")]),
        ("张 三，李　四", [("张三", "", ""), ("李四", "", "")]),
        ("欧阳 娜娜", [("欧阳娜娜", "", "")]),
        ("John Smith, 张三", [("John Smith", "", ""), ("张三", "", "")]),
        ("张三（教授）/李四(副教授)", [("张三", "教授", ""), ("李四", "副教授", "")]),
        ("张三60%、李四40%", [("张三", "", "60%"), ("李四", "", "40%")]),
    ],
)
def test_people_in_one_line(text: str, found: list[tuple[str, str, str]]) -> None:
    rows = cells.inventors(text)
    assert [(row["name"], row["title"], row["contribution"]) for row in rows] == found


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (
            "车牌定位是关键问题.该文提出了一种新的基于边缘颜色对的车牌定位方法.首先进行检测",
            "基于边缘颜色对的车牌定位方法",
        ),
        (
            "针对转台摩擦问题,提出了基于LuGre模型的摩擦参数辨识方法.",
            "基于LuGre模型的摩擦参数辨识方法",
        ),
        ("目的 了解北京郊区医务人员职业暴露情况.方法 调查", "北京郊区医务人员职业暴露情况"),
        ("对电动修复铬污染土壤进行了实验室研究.选用重铬酸钾", "电动修复铬污染土壤实验室研究"),
        ("为了提高产量。", "提高产量"),
        ("", ""),
        ("。，", ""),
    ],
)
def test_a_title_is_cut_from_the_text(text: str, title: str) -> None:
    assert titles.propose_title(text) == title


def test_proposals_are_bounded() -> None:
    assert len(titles.propose_title("长" * 5000)) == titles.LONGEST
    assert len(titles.propose_summary("长" * 5000)) == 200
    assert titles.propose_summary("第一句。" * 80).endswith("。")


@pytest.mark.parametrize(
    "text",
    [
        "9" * 20_000,
        " " * 20_000 + "x",
        "张" + " (" * 10_000,
        "单位" + "1.1" * 7_000 + "%",
        "a" + " " * 32_000 + "(",
    ],
)
def test_a_cell_of_20000_characters_takes_no_time(text: str) -> None:
    """In the process's own time: patterns that try again from every character take minutes."""
    began = process_time()
    cells.owners(text)
    cells.inventors(text)
    assert process_time() - began < 2


def test_a_long_cell_of_contacts_is_refused() -> None:
    with pytest.raises(CellError, match="500"):
        read_contact("电话" + " " * 30_000)
