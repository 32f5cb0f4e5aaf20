"""Credit codes, mobile numbers, words no password may hold."""

from django.core.exceptions import ValidationError

import pytest

from marketplace.parties import rulebook
from tests.factories.parties import UserFactory, make_uscc

#: Codes in public use, which our own arithmetic did not make.
REAL = (
    "91110000802100433B",
    "9144030071526726XG",
    "91330100799655058B",
    "91440300708461136T",
    "91110108551385082Q",
)


@pytest.mark.parametrize("code", REAL)
def test_real_codes_pass(code: str) -> None:
    assert rulebook.normalize_uscc(code.lower()) == code


@pytest.mark.parametrize("serial", range(40))
def test_generated_codes_pass(serial: int) -> None:
    code = make_uscc(serial)
    assert rulebook.normalize_uscc(code) == code


@pytest.mark.parametrize(
    "typed",
    [
        " 9137 1302 ma3y x009 70 ",
        "91371302ＭＡ３ＹＸ００９７０",
        "91371302-MA3YX0097-0",
    ],
)
def test_code_is_normalised(typed: str) -> None:
    assert rulebook.normalize_uscc(typed) == "91371302MA3YX00970"


def test_every_single_wrong_sign_is_found() -> None:
    code = "91371302MA3YX00970"
    signs = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    for place, old in enumerate(code):
        for sign in signs:
            if sign == old:
                continue
            with pytest.raises(rulebook.UnfitCode):
                rulebook.normalize_uscc(code[:place] + sign + code[place + 1 :])


def test_every_swap_of_neighbours_is_found() -> None:
    code = "91371302MA3YX00970"
    for place in range(17):
        if code[place] != code[place + 1]:
            swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
            with pytest.raises(rulebook.UnfitCode):
                rulebook.normalize_uscc(swapped)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "应为 18 位，现在是 0 位"),
        ("91371302MA3YX0097", "应为 18 位，现在是 17 位"),
        ("91371302MA3YX009700", "应为 18 位，现在是 19 位"),
        ("9137130OMA3YX00970", "第 8 位是“O”，代码中不使用 I、O、S、V、Z；是否为“0”？"),
        ("I1371302MA3YX00970", "第 1 位是“I”，代码中不使用 I、O、S、V、Z；是否为“1”？"),
        ("91371302MA3YX0097@", "第 18 位是“@”，只能是数字或大写字母"),
        ("91371302MA3YX0097一", "第 18 位是“一”，只能是数字或大写字母"),
        ("B1371302MA3YX00970", "第 1 位“B”不是登记管理部门代码"),
        ("9137A302MA3YX00970", "第 3–8 位是登记地行政区划码，应为数字；第 5 位是“A”"),
        ("91371302MA3YX00971", "校验位不符：请核对第 1–8 位和末位"),
        ("91371312MA3YX00970", "校验位不符：请核对第 1–8 位和末位"),
        ("91371302MA3YX00870", "校验位不符：请核对第 9–17 位（主体标识码）"),
    ],
)
def test_reason_names_the_wrong_part(typed: str, reason: str) -> None:
    with pytest.raises(rulebook.UnfitCode) as caught:
        rulebook.normalize_uscc(typed)
    assert reason in str(caught.value)


@pytest.mark.parametrize("typed", ["\ud800" * 18, "🙂" * 18, "9" * 100_000, "\x00" * 18, "٩" * 18])
def test_hostile_code_is_refused(typed: str) -> None:
    with pytest.raises(rulebook.UnfitCode):
        rulebook.normalize_uscc(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "13800138000",
        "138 0013 8000",
        "138-0013-8000",
        "+86 13800138000",
        "0086 13800138000",
        "8613800138000",
        "１３８００１３８０００",
        "(+86)138 0013 8000",
    ],
)
def test_mobile_is_normalised(typed: str) -> None:
    assert rulebook.normalize_mobile(typed) == "+8613800138000"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "1380013800",
        "138001380000",
        "12800138000",
        "0539-8100000",
        "+852 51234567",
        "+1 650 253 0000",
        "13800138000 ext 12",
        "abc",
        "\ud800",
        "1" * 10_000,
        "10086",
    ],
)
def test_anything_else_is_no_mobile(typed: str) -> None:
    with pytest.raises(rulebook.UnfitNumber):
        rulebook.normalize_mobile(typed)
    assert not rulebook.looks_like_mobile(typed)


@pytest.mark.parametrize(
    "password",
    ["jiebang12345", "Jiebang-2026", "linyi2026linyi", "临沂技术市场临沂", "zhangwei1990"],
)
def test_password_of_own_words_is_refused(password: str) -> None:
    person = UserFactory.build(name="zhangwei", email="z@example.com")
    with pytest.raises(ValidationError):
        rulebook.ContextWordsValidator().validate(password, person)


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "我在临沂看沂河日落已经十年了",
        "a" * 128,
        "x" * 60 + "jiebang 是一个好词 " + "y" * 20,
    ],
)
def test_long_phrases_are_accepted(password: str) -> None:
    rulebook.ContextWordsValidator().validate(password, UserFactory.build(name="张伟"))


def test_endless_password_is_refused() -> None:
    with pytest.raises(ValidationError):
        rulebook.LengthValidator().validate("a" * 129)


def test_reasons_in_the_order_of_the_table() -> None:
    labels = rulebook.reason_labels(["expired", "unreadable", "nonsense"])
    assert [str(label)[:4] for label in labels] == ["证照不清", "证照已过"]
