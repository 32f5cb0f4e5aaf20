"""Tokens of documents and queries, exactly."""

import pytest

from search.analysis import (
    MAX_CHARACTERS,
    clean,
    query_words,
    register_words,
    tokenize,
    tokens,
)
from search.analysis.stems import stem


@pytest.mark.parametrize(
    ("text", "words", "grams"),
    [
        ("电机效率", "电机 效率", "电 机 效 率 电机 机效 效率"),
        ("电机的效率", "电机 效率", "电 机 的 效 率 电机 机的 的效 效率"),
        ("ＤＨ３６钢", "dh36 钢", "dh36 钢"),
        ("Motors, 3.5 kW", "motors motor 3.5 kw 3.5kw", "motors motor 3.5 kw 3.5kw"),
        ("α-半水石膏", "α 半水石膏", "α 半 水 石 膏 半水 水石 石膏 α半"),
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
    for text in ("电" * 10**6, "a" * 10**6, "\ufdfa" * 10**6, "1." * 10**6, "1 a-" * 10**6):
        got = tokenize(text)
        assert len(got.words) + len(got.grams) <= 4 * MAX_CHARACTERS
        assert all(len(token) <= tokens.MAX_RUN for token in got.words if token.isascii())


@pytest.mark.parametrize(
    ("written", "token"),
    [
        ("H13 H-13 H‐13 H–13", "h13"),
        ("H13, H 13", "h13"),
        ("DN50，DN 50，ＤＮ－５０", "dn50"),
        ("316L，316 L，316-L", "316l"),
        ("IN718，IN 718，In-718", "in718"),
        ("PM2.5，PM 2.5，pm-2.5", "pm2.5"),
        ("Inconel 718，Inconel718，INCONEL-718", "inconel718"),
        ("GCr15，GCr-15，GCr 15", "gcr15"),
        ("NdFeB，Nd-Fe-B，Nd–Fe–B", "ndfeb"),
        ("Ti6Al4V，Ti-6Al-4V", "ti6al4v"),
        ("10μm，10 μm，10µm，10 um，１０μｍ，10-μm", "10um"),
        ("95℃，95 ℃，95°C，95 °C，95ºC，95˚C，９５℃", "95℃"),
        ("1.5dB，1.5 dB", "1.5db"),
        ("5kW，a 5 kW motor", "5kw"),
        ("TiO2，TiO₂，ＴｉＯ２", "tio2"),
        ("C++，c＋＋，C++11", "c++"),
        ("C#，c＃语言", "c#"),
        (".NET，ASP.NET", ".net"),
        ("XQ2026-7KQ4ZM-H xq20267kq4zmh", "xq20267kq4zmh"),
        ("3D打印，3-D", "3d"),
    ],
)
def test_however_a_name_is_written_it_is_one_token(written, token):
    for one in written.split("，"):
        assert token in tokenize(one).words, one
        assert token in tokenize(one).grams, one
        assert [word for word in query_words(one) if token in word.forms], one


@pytest.mark.parametrize(
    ("text", "strange"),
    [
        ("95℃", "c"),
        ("95 °C 与 80ºC", "c"),
        ("C++", "c"),
        ("C#", "c"),
        ("10-20 MPa", "1020"),
        ("2019-2025", "20192025"),
        ("温度 10\nH", "10h"),
        ("版本 2。H 型", "2h"),
        ("PM2.5", "5"),
        ("ends in .", "in"),
        ("a motor", "a"),
    ],
)
def test_what_is_not_one_name_or_no_word_is_not_made_one(text, strange):
    assert strange not in tokenize(text).words


def test_a_lone_letter_belongs_to_the_word_beside_it():
    assert [w.forms for w in query_words("维生素C")] == [("维生素c",)]
    assert query_words("维生素C")[0].grams == ("维生", "生素", "素c")
    assert [w.forms for w in query_words("C语言教学")] == [("c语言",), ("教学",)]
    assert [w.forms for w in query_words("α-淀粉酶")] == [("α淀粉酶",)]
    # On both sides, or apart: nobody can tell.
    assert [w.forms for w in query_words("采用C语言")] == [("采用",), ("c",), ("语言",)]
    assert [w.forms for w in query_words("维生素 C")] == [("维生素",), ("c",)]
    for written in ("维生素C", "维生素 C", "维生素-C", "維生素Ｃ"):
        assert "素c" in tokenize(written).grams


def test_a_sign_that_is_also_a_stop_word_counts_where_no_english_stands():
    for text in ("铟In掺杂", "In", "Ga、In、Zn", "ZnO\nIn"):
        assert "in" in tokenize(text).words, text
    assert "a" in tokenize("维生素A").words
    for text in ("sensors in motors", "In this paper", "a 5 kW motor", "as in 2020"):
        assert not {"a", "in"} & set(tokenize(text).words), text


def test_the_parts_of_a_name_may_stand_in_for_it():
    [word] = query_words("high-speed")
    assert (word.forms, word.grams) == (("highspeed",), ("high", "speed"))
    [word] = query_words("IN 718")
    assert (word.forms, word.grams) == (("in718",), ("718",))
    assert [w.forms for w in query_words("a 5 kW motor")] == [("5kw",), ("motor",)]
    assert [w.grams for w in query_words("1.5dB")] == [("1.5", "db")]


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("軸承鋼", "轴承钢"), ("維生素", "维生素"), ("燒結釹鐵硼", "烧结钕铁硼"),
        ("乾燥設備", "干燥设备"), ("體外診斷試劑", "体外诊断试剂"), ("於線圈後裝", "于线圈后装"),
        ("裡程計", "里程计"), ("氣體滲氮", "气体渗氮"), ("台灣臺灣", "台湾台湾"),
    ],
)  # fmt: skip
def test_traditional_characters_are_folded(traditional, simplified):
    assert clean(traditional) == simplified
    assert tokenize(traditional) == tokenize(simplified)
    assert query_words(traditional) == query_words(simplified)


def test_cleaning_a_text_twice_changes_no_token():
    for text in ("95℃ °C 10μm 軸承 薴 Å ﷺ K ẞ İ Ⅳ ㎏ C＃", "\ud800º˚C", "乾坤著稱"):
        assert tokenize(clean(clean(text))) == tokenize(text)


def test_query_words_are_distinct_with_forms_and_grams():
    words = query_words("永磁电机 motors 的 永磁")
    assert [(w.forms, w.grams) for w in words] == [
        (("永磁",), ("永磁",)),
        (("电机",), ("电机",)),
        (("motors", "motor"), ()),
    ]
    assert query_words("的")[0].grams == ("的",)


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
