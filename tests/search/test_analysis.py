"""Tokens of documents and queries, exactly."""

import pytest

from search.analysis import query_words, register_words, tokenize, tokens, without_boilerplate
from search.analysis.stems import stem


@pytest.mark.parametrize(
    ("text", "words", "grams"),
    [
        ("电机效率", "电机 效率", "电 机 效 率 电机 机效 效率"),
        ("电机的效率", "电机 效率", "电 机 的 效 率 电机 机的 的效 效率"),
        ("ＤＨ３６钢", "dh36 钢", "dh36 钢"),
        ("Motors, 3.5 kW", "motors motor 3.5 kw", "motors motor 3.5 kw"),
        ("α-半水石膏", "α 半水石膏", "α 半 水 石 膏 半水 水石 石膏"),
        ("the of a", "", ""),
        ("", "", ""),
        ("，。！ -- %", "", ""),
        ("\x00\ud800电\u200b机", "电 机", "电 机"),
    ],
)
def test_tokens(text, words, grams):
    got = tokenize(text)
    assert sorted(got.grams) == sorted(grams.split())
    assert "".join(got.words) == "".join(words.split())


def test_order_and_repeats_are_kept():
    assert tokenize("电机 电机").words == ["电机", "电机"]
    assert tokenize("电机 电机").grams == ["电", "机", "电机"] * 2


def test_input_of_any_size_is_bounded():
    # U+FDFA unfolds into eighteen characters.
    for text in ("电" * 10**6, "a" * 10**6, "\ufdfa" * 10**6, "1." * 10**6):
        got = tokenize(text)
        assert len(got.words) + len(got.grams) <= 4 * tokens.MAX_CHARACTERS
        assert all(len(token) <= tokens.MAX_RUN for token in got.words if token.isascii())


def test_query_words_are_distinct_with_forms_and_grams():
    words = query_words("永磁电机 motors 的 永磁")
    assert [(w.forms, w.grams) for w in words] == [
        (("永磁",), ("永磁",)),
        (("电机",), ("电机",)),
        (("motors", "motor"), ()),
    ]
    assert query_words("的")[0].grams == ("的",)


def test_boilerplate_is_taken_out_of_a_need_unless_nothing_else_is_there():
    assert without_boilerplate("针对电机存在的效率问题").split() == ["电机", "的效率"]
    assert without_boilerplate("针对现有问题") == "针对现有问题"


@pytest.mark.parametrize(
    ("word", "stemmed"),
    [
        ("caresses", "caress"), ("ponies", "poni"), ("agreed", "agre"), ("motoring", "motor"),
        ("hopping", "hop"), ("filing", "file"), ("happy", "happi"), ("relational", "relat"),
        ("generalization", "gener"), ("oscillators", "oscil"), ("probate", "probat"),
        ("controll", "control"), ("adoption", "adopt"), ("sensitivity", "sensit"),
        ("sky", "sky"), ("sing", "sing"), ("s", "s"), ("", ""),
    ],
)  # fmt: skip
def test_stems(word, stemmed):
    assert stem(word) == stemmed


def test_registered_words_are_kept_whole(monkeypatch):
    monkeypatch.setattr(tokens, "_extra_words", set())
    try:
        assert tokenize("量子隧穿结").words != ["量子隧穿结"]
        register_words(["量子隧穿结", "", "x" * 99, "\ud800"])
        assert tokens.extra_words() == ["量子隧穿结"]
        assert tokenize("量子隧穿结").words == ["量子隧穿结"]
    finally:
        tokens.forget_segmenter()


def test_the_segmenter_keeps_its_cache_in_the_data_folder(data_dir):
    tokens.forget_segmenter()
    tokenize("电机")
    assert (data_dir / "jieba" / "dictionary.cache").is_file()
