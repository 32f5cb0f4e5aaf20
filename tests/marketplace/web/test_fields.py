from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import translation

import pytest

from marketplace.web.forms import (
    DateField,
    JiebangForm,
    KeywordsField,
    MoneyFormField,
    PhoneField,
    PlainTextField,
    TermField,
    TermMultiField,
)

TERMS = [("a", "甲"), ("b", "乙"), ("c", "丙")]

HOSTILE = [
    "\x00",
    "\ud800",
    "a\udfffb",
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    "{{ settings.SECRET_KEY }}{% debug %}",
    "\u202eevil",
    "x" * 1_000_000,
    "１２３",
    "=1+1",
    "%s%n%(x)s",
    "\r\n\r\nSet-Cookie: a=b",
    "😀" * 50,
    "\uffff",
    " \t\n ",
]


def every_field() -> dict[str, forms.Field]:
    return {
        "text": PlainTextField(max_length=20, required=False),
        "long": PlainTextField(max_length=200, multiline=True, required=False),
        "money": MoneyFormField(required=False),
        "yuan": MoneyFormField(unit="yuan", required=False),
        "day": DateField(required=False),
        "words": KeywordsField(required=False),
        "phone": PhoneField(required=False),
        "mobile": PhoneField(mobile=True, required=False),
        "term": TermField(lambda: TERMS, required=False),
        "terms": TermMultiField(lambda: TERMS, required=False),
    }


@pytest.mark.parametrize("typed", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("name", every_field())
def test_hostile_input_is_cleaned_or_refused_and_shown_again_safely(name: str, typed: str) -> None:
    form = type("Form", (JiebangForm,), every_field())(
        {name: [typed] if name == "terms" else typed}
    )
    form.is_valid()
    page = str(form)
    assert page.encode("utf-8")
    assert len(page) < 250_000
    assert "<script" not in page
    value = form.cleaned_data.get(name)
    if isinstance(value, str):
        assert "\x00" not in value
        assert "\u202e" not in value
        value.encode("utf-8")


class TestPlainText:
    @pytest.mark.parametrize(
        ("typed", "clean"),
        [
            ("  钕铁硼  磁体 ", "钕铁硼 磁体"),
            ("a\x00b\x07c", "abc"),
            ("a\u200bb\ufeffc", "abc"),
            ("a\r\nb", "a b"),
            ("ﾊﾝ", "ﾊﾝ"),
            ("e\u0301", "é"),
            ("👩\u200d🔬", "👩\u200d🔬"),
            (None, ""),
            ("", ""),
        ],
    )
    def test_one_line(self, typed: Any, clean: str) -> None:
        assert PlainTextField(max_length=50, required=False).clean(typed) == clean

    def test_lines_are_kept(self) -> None:
        field = PlainTextField(max_length=50, multiline=True)
        assert field.clean("一 \r\n\r\n 二\rthree\n") == "一\n\n 二\nthree"

    def test_the_limit_counts_characters_and_says_both_numbers(self) -> None:
        field = PlainTextField(max_length=3)
        assert field.clean("一二😀") == "一二😀"
        with pytest.raises(ValidationError, match="最多 3 个字，现在有 4 个"):
            field.clean("一二三四")

    def test_blank_is_missing(self) -> None:
        with pytest.raises(ValidationError):
            PlainTextField(max_length=3).clean(" \u200b ")

    def test_the_browser_does_not_cut_off(self) -> None:
        form = type("Form", (JiebangForm,), {"t": PlainTextField(max_length=3)})()
        assert "maxlength" not in str(form)
        assert 'data-limit="3"' in str(form)


class TestMoney:
    @pytest.mark.parametrize(
        ("typed", "fen"),
        [
            ("120", 120_000_000),
            ("120.5", 120_500_000),
            ("1,200", 1_200_000_000),
            ("１２", 12_000_000),
            ("0", 0),
            ("", None),
            ("  ", None),
        ],
    )
    def test_wan(self, typed: str, fen: int | None) -> None:
        assert MoneyFormField(required=False).clean(typed) == fen

    def test_yuan(self) -> None:
        assert MoneyFormField(unit="yuan").clean("0.01") == 1

    @pytest.mark.parametrize(
        "typed", ["1e3", "1_000", "NaN", "inf", "-1", "1.234", "一百", "0x10", "9" * 60]
    )
    def test_refused_with_a_reason_at_the_field(self, typed: str) -> None:
        with pytest.raises(ValidationError) as refused:
            MoneyFormField().clean(typed)
        assert refused.value.messages[0]

    def test_shows_fen_as_typed_and_typed_as_typed(self) -> None:
        cls = type("Form", (JiebangForm,), {"m": MoneyFormField(required=False)})
        assert 'value="120.5"' in str(cls(initial={"m": 120_500_000}))
        assert 'value="一百"' in str(cls({"m": "一百"}))
        assert 'value="0.5"' in str(
            type("F", (JiebangForm,), {"m": MoneyFormField(unit="yuan")})(initial={"m": 50})
        )

    def test_unit_and_change(self) -> None:
        cls = type("Form", (JiebangForm,), {"m": MoneyFormField(required=False)})
        assert "<span>万元</span>" in str(cls())
        assert not cls({"m": "120.5"}, initial={"m": 120_500_000}).has_changed()
        assert cls({"m": "120"}, initial={"m": 120_500_000}).has_changed()

    def test_required(self) -> None:
        with pytest.raises(ValidationError):
            MoneyFormField().clean("")


class TestDate:
    @pytest.mark.parametrize(
        "typed", ["2026-11-03", "2026/11/3", "2026.11.3", "2026 年 11 月 3 日", "２０２６-11-03"]
    )
    def test_read(self, typed: str) -> None:
        assert DateField().clean(typed) == date(2026, 11, 3)

    @pytest.mark.parametrize(
        "typed",
        [
            "1999-12-31",
            "2101-01-01",
            "2026-02-30",
            "2026-13-01",
            "11/03/2026",
            "0000-00-00",
            "tomorrow",
        ],
    )
    def test_refused(self, typed: str) -> None:
        with pytest.raises(ValidationError):
            DateField().clean(typed)

    def test_native_input(self) -> None:
        cls = type("Form", (JiebangForm,), {"d": DateField()})
        page = str(cls(initial={"d": date(2026, 11, 3)}))
        assert 'type="date"' in page
        assert 'value="2026-11-03"' in page
        assert 'min="2000-01-01"' in page


class TestKeywords:
    @pytest.mark.parametrize(
        ("typed", "words"),
        [
            ("钕铁硼、晶界扩散，低重稀土", ["钕铁硼", "晶界扩散", "低重稀土"]),
            ("a, b;c；d  e\u3000f", ["a", "b", "c", "d", "e", "f"]),
            ("甲、甲、乙", ["甲", "乙"]),
            ("、，", []),
            (["甲", "乙"], ["甲", "乙"]),
        ],
    )
    def test_parted(self, typed: Any, words: list[str]) -> None:
        assert KeywordsField(required=False).clean(typed) == words

    def test_too_many_or_too_long(self) -> None:
        with pytest.raises(ValidationError, match="最多 8 个关键词"):
            KeywordsField().clean("、".join("一二三四五六七八九"))
        with pytest.raises(ValidationError, match="过长"):
            KeywordsField().clean("长" * 21)

    def test_shown_as_one_line(self) -> None:
        cls = type("Form", (JiebangForm,), {"k": KeywordsField()})
        assert 'value="甲、乙"' in str(cls(initial={"k": ["甲", "乙"]}))


class TestPhone:
    @pytest.mark.parametrize(
        ("typed", "number"),
        [
            ("13800138000", "13800138000"),
            ("138 0013 8000", "13800138000"),
            ("+86 138-0013-8000", "13800138000"),
            ("１３８００１３８０００", "13800138000"),
            ("0539-8100000", "0539-8100000"),
            ("05398100000", "0539-8100000"),
            ("(0539) 8100000", "0539-8100000"),
            ("010-62770334-801", "010-62770334-801"),
            ("0539-8100000转12", "0539-8100000-12"),
            ("400-800-8888", "4008008888"),
            ("", ""),
        ],
    )
    def test_read(self, typed: str, number: str) -> None:
        assert PhoneField(required=False).clean(typed) == number

    @pytest.mark.parametrize(
        "typed", ["110", "12345678901", "1380013800", "abc", "0539", "+1 555 0100", "0539-81"]
    )
    def test_refused(self, typed: str) -> None:
        with pytest.raises(ValidationError):
            PhoneField().clean(typed)

    def test_mobile_only(self) -> None:
        with pytest.raises(ValidationError, match="11 位手机号码"):
            PhoneField(mobile=True).clean("0539-8100000")


class TestTerms:
    def test_choices_are_asked_for_late(self) -> None:
        asked: list[int] = []

        def terms() -> list[tuple[str, str]]:
            asked.append(1)
            return TERMS

        cls = type("Form", (JiebangForm,), {"t": TermField(terms)})
        assert asked == []
        assert "请选择" in str(cls())
        assert asked

    def test_unknown_terms_are_refused_without_echo(self) -> None:
        for field, typed in (
            (TermField(lambda: TERMS), "zz\ud800"),
            (TermMultiField(lambda: TERMS), ["a", "zz"]),
        ):
            with pytest.raises(ValidationError) as refused:
                field.clean(typed)
            assert refused.value.messages == ["请从列表中选择"]

    def test_several(self) -> None:
        assert TermMultiField(lambda: TERMS).clean(["a", "b", "a"]) == ["a", "b"]
        with pytest.raises(ValidationError, match="最多选择 1 项"):
            TermMultiField(lambda: TERMS, most=1).clean(["a", "b"])
        with pytest.raises(ValidationError):
            TermMultiField(lambda: TERMS).clean("a")

    def test_english(self) -> None:
        with translation.override("en"):
            assert TermField(lambda: TERMS).clean("a") == "a"


@pytest.mark.parametrize(
    "line_end", ["\n", "\r\n", "\r", "\x0b", "\x0c", "\x1e", "\x85", "\u2028", "\u2029"]
)
def test_every_line_end_is_a_newline_or_a_blank(line_end: str) -> None:
    typed = f"第一点{line_end}第二点"
    assert PlainTextField(max_length=20, multiline=True).clean(typed) == "第一点\n第二点"
    assert PlainTextField(max_length=20).clean(typed) == "第一点 第二点"
    assert KeywordsField().clean(typed) == ["第一点", "第二点"]


@pytest.mark.parametrize(
    "typed",
    [
        *("2027-05-01", "2027/5/1", "2027.5.1", "2027．05．01", "20270501", "２０２７-05-01"),
        *("2027年5月1日", "2027年05月01号", "2027 年 5 月 1 日", "2027\u20115\u20111"),
        *("2027-05-01 00:00:00", "2027-05-01T08:30", "2027/5/1 0:00", "2027-05-01 08:30:15.25"),
        *("2027年5月1日 8时30分", "20270501 08:30", " 2027-5-1 "),
    ],
)
def test_days_as_sheets_and_people_write_them(typed: str) -> None:
    assert DateField().clean(typed) == date(2027, 5, 1)


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "2027年5月",
            "2027-5",
            "2027.5",
            "2027",
            "202705",
            "46752",
            "长期有效",
            "5/1/2027",
            "27-5-1",
        ),
        *(
            "2027-02-30",
            "2027-13-01",
            "٢٠٢٧-٠٥-٠١",
            "2027-05/01",
            "2027-05-01~2028-05-01",
            "20270501123",
        ),
    ],
)
def test_no_day_is_guessed(typed: str) -> None:
    with pytest.raises(ValidationError, match="请按 2027-05-01 的格式填写日期，写到日"):
        DateField().clean(typed)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("永磁 磁体/电机。轴承|齿轮", ["永磁", "磁体", "电机", "轴承", "齿轮"]),
        ('“永磁”，"磁体"', ["永磁", "磁体"]),
        ("TCP/IP；C++", ["TCP/IP", "C++"]),
    ],
)
def test_keywords_are_parted_and_lose_their_quotes(typed: str, words: list[str]) -> None:
    assert KeywordsField().clean(typed) == words
