"""Numbers, addresses and WeChat ids are found in public texts; other numbers and quantities are none."""

import gzip
import json
import os
import time
from pathlib import Path

import pytest

from marketplace.achievements import rulebook as achievements
from marketplace.listings.rulebook import contacts_in
from marketplace.needs import rulebook as needs
from tests.factories.achievements import COMPLETE as ACHIEVEMENT
from tests.factories.achievements import ROWS
from tests.factories.needs import COMPLETE as NEED
from tests.factories.needs import INDICATORS

CONTACTS = [
    ("李老师 13800138000", "13800138000"),
    ("联系人张三13800138000，工作日", "13800138000"),
    ("手机138-0013-8000", "138-0013-8000"),
    ("138 0013 8000", "138 0013 8000"),
    ("138.0013.8000", "138.0013.8000"),
    ("138-001-38000", "138-001-38000"),
    ("+86 138 0013 8000", "+86 138 0013 8000"),
    ("１３８００１３８０００", "13800138000"),
    ("手机号码是13800138000。", "13800138000"),
    ("Contact: 13800138000, Mr Li", "13800138000"),
    ("合同联系人 13800138000", "13800138000"),
    ("13800138000（微信同号）", "13800138000"),
    ("电话：０５３９－８１０００００", "0539-8100000"),
    ("(0539)8100000", "(0539)8100000"),
    ("（0531） 88000000", "(0531) 88000000"),
    ("固话0539—8100000", "0539—8100000"),
    ("0539-810 0000", "0539-810 0000"),
    ("tel: 0539 8100000转801", "0539 8100000转801"),
    ("电话8100000", "8100000"),
    ("电话 810 0000", "810 0000"),
    ("致电05398100000", "05398100000"),
    ("400-123-4567", "400-123-4567"),
    ("热线 4001234567", "4001234567"),
    ("a.b@uni.edu.cn", "a.b@uni.edu.cn"),
    ("邮箱a.b＠uni.edu.cn。", "a.b@uni.edu.cn"),
    ("tto(at)uni.edu.cn", "tto(at)uni.edu.cn"),
    ("tto [at] uni[dot]edu[dot]cn", "tto [at] uni[dot]edu[dot]cn"),
    ("li#uni.com", "li#uni.com"),
    ("微信：lilaoshi88", "lilaoshi88"),
    ("微信号 lilaoshi88", "lilaoshi88"),
    ("加微信abc12345", "abc12345"),
    ("WeChat: li_laoshi", "li_laoshi"),
    ("wechat ID: lilaoshi", "lilaoshi"),
    ("V信 lilaoshi88", "lilaoshi88"),
    ("wx:abc12345", "abc12345"),
    ("ＶＸ：abc12345", "abc12345"),
    ("wxid_abc123def", "wxid_abc123def"),
    ("QQ：12345678", "12345678"),
    ("QQ号12345678", "12345678"),
]
OTHER = [
    "专利号 ZL202010000001.1、公开号 CN112345678A",
    "合同编号 13800138000",
    "型号 13812345678",
    "QJ-13812345678",
    "订单 HT2023-1380013-8000",
    "2024-0539-8100000",
    "批号 20240513-0001",
    "登记号 2023SR0138001",
    "标准号 0539-8100000",
    "GB/T 17657-2013，ASTM D638-1390013-9000",
    "CAS 7440-00-8，ISBN 978-7-13-812345-6",
    "91371302MA3F0001X7",
    "身份证 371302199001011234",
    "1380013800012",
    "13800138000W",
    "0.13800138000",
    "15912345678.25 元",
    "产值 18000000000 元",
    "年产 13000000000 只",
    "13 800 138 000 个",
    "15000000000 m³",
    "频率 15000000000Hz",
    "10000000000 CFU/g",
    "年产手机 12000000 台",
    "电话 20000000 部",
    "150-1400-1500 ℃",
    "转速 400-800-1200 r/min",
    "转速 150 1500 2000 3000",
    "温度 15 20 25 30 35 5",
    "年份2019 2020 2021",
    "020-2000 型",
    "DN400-123-4567",
    "Fe3O4@SiO2、Au@Pt、Pd@C.Ni",
    "微信小程序、微信支付接口 SDKv3test、QQ浏览器",
    "微信公众号：jiebang1234",
    "WX-2000型、wx2000、vx 系列 abc",
    "电话机型号 HW-8100000A",
    "手机外壳厚度0.8 mm",
]


@pytest.mark.parametrize(("text", "found"), CONTACTS)
def test_a_contact_is_found(text: str, found: str) -> None:
    assert [spot.text for spot in contacts_in(f"本成果已中试。{text}")] == [found]
    assert [spot.text for spot in contacts_in(text)] == [found]


@pytest.mark.parametrize("text", OTHER)
def test_another_number_is_none(text: str) -> None:
    assert contacts_in(text) == []
    assert contacts_in(f"达到 {text}，优于现有方案。") == []


def test_all_are_named_in_their_order_each_once() -> None:
    text = "0539-8100000、0539-8100001；微信 13800138000，邮箱 tto@a.edu.cn；电话0539-8100000"
    found = [spot.text for spot in contacts_in(text)]
    assert found == ["0539-8100000", "0539-8100001", "13800138000", "tto@a.edu.cn"]


def test_technical_texts_hold_none() -> None:
    """Thousands of real texts about technology, where there are such: not one false alarm."""
    folder = Path(os.environ.get("SHARED_DIR", "../shared")) / "match-dev"
    if not folder.is_dir():
        pytest.skip(f"no texts at {folder}")
    for name in ("achievements_dev", "docs"):
        with gzip.open(folder / f"{name}.jsonl.gz", "rt") as lines:
            for line in lines:
                for value in json.loads(line).values():
                    if isinstance(value, str):
                        assert contacts_in(value) == [], value


@pytest.mark.parametrize(
    "text",
    ["a", "1", "@", "a.b", "138 ", "0539-", "(at)", "微信", "a-", "+86 ", "Tel ", "a a@a.a", "（"],
)
def test_no_text_takes_long(text: str) -> None:
    """Twice as long a text takes about twice as long, not four times: measured in the same run."""

    def seconds(size: int) -> float:
        whole = (text * size)[:size]
        began = time.process_time()
        contacts_in(whole)
        return time.process_time() - began

    seconds(1_000)
    assert seconds(40_000) < 100 * max(seconds(4_000), 0.001)


@pytest.mark.parametrize("field", sorted(needs.PUBLIC_TEXTS))
def test_every_public_text_of_a_need_is_looked_at(field: str) -> None:
    text = ["钕铁硼", "13800138000"] if field == "keywords" else f"{NEED.get(field, '')}13800138000"
    blockers = needs.assess({**NEED, field: text}, INDICATORS).blockers
    assert [(found.field, found.step) for found in blockers] == [
        (field, needs.PUBLIC_TEXTS[field][0])
    ]
    said = str(blockers[0].text)
    assert str(needs.PUBLIC_TEXTS[field][1]) in said
    assert "13800138000" in said


def test_rows_of_a_need_are_looked_at_and_what_is_not_public_is_not() -> None:
    rows = [{**INDICATORS[0], "method": "问 13800138000"}]
    assert [found.field for found in needs.assess(NEED, rows).blockers] == ["indicators"]
    hidden = {**NEED, "confidential": "13800138000"}
    assert needs.assess(hidden, INDICATORS).blockers == []


@pytest.mark.parametrize("field", sorted(achievements.PUBLIC_TEXTS))
def test_every_public_text_of_an_achievement_is_looked_at(field: str) -> None:
    text = (
        ["钕铁硼", "tto@a.com"]
        if field == "keywords"
        else f"{ACHIEVEMENT.get(field, '')} tto@a.com"
    )
    rows = (ROWS["indicators"], ROWS["patents"], ROWS["owners"], ROWS["inventors"])
    judged = achievements.assess({**ACHIEVEMENT, field: text}, *rows)
    assert [found.field for found in judged.blockers] == [field]
    imported = achievements.assess({**ACHIEVEMENT, field: text}, *rows, imported=True)
    assert imported.blockers == []
    assert field in {found.field for found in imported.advice}


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("indicators", "evidence"),
        ("patents", "holder"),
        ("owners", "name"),
        ("inventors", "contribution"),
    ],
)
def test_rows_of_an_achievement_are_looked_at(table: str, column: str) -> None:
    rows = {**ROWS, table: [{**ROWS[table][0], "share": 100, column: "电话 0539-8100000"}]}
    judged = achievements.assess(ACHIEVEMENT, *rows.values())
    assert [found.field for found in judged.blockers] == [table]


def test_a_patent_number_is_no_telephone_number() -> None:
    patents = [{"kind": "know_how", "number": "13800138000"}]
    assert achievements.assess(ACHIEVEMENT, [], patents).blockers == []


@pytest.mark.parametrize("blank", [" ", "\t", "\n", "\u3000", "\u00a0", " \n"])
@pytest.mark.parametrize(
    "word",
    [
        *(
            "微信号",
            "微信",
            "加我微信号",
            "V信号",
            "薇信",
            "qq号",
            "QQ群",
            "qq",
            "wechat id",
            "weixin",
            "wx",
        ),
        *(
            "电话",
            "手机号",
            "电话号码",
            "致电",
            "tel",
            "phone",
            "0539-",
            "400 ",
            "138",
            "a@",
            "a",
            "wxid_",
        ),
    ],
)
def test_a_word_before_50000_blanks_takes_no_time(word: str, blank: str) -> None:
    """In the process's own time. A pattern with two runs of blanks side by side takes minutes for them."""
    began = time.process_time()
    assert contacts_in(f"{word}{blank * 50_000}!") == []
    assert contacts_in(f"{word}{blank * 50_000}:{blank * 5_000}!") == []
    assert time.process_time() - began < 1


def test_blanks_between_are_no_hiding_place() -> None:
    said = "微信号   是 \u3000 ：\n\n  linyu_8866，电话 ：  0539   8100000"
    assert [spot.text for spot in contacts_in(said)] == ["linyu_8866", "0539 8100000"]
