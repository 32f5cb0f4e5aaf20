"""The listings of `bench-scale` are plausible, and the same each time."""

from itertools import islice

from search.analysis import tokenize
from tests.benchmarks.scale.corpus import INDUSTRIES, listings

ABSTRACTS = [
    "本发明涉及一种高速主轴轴承的降噪方法。所述方法采用波形保持架；滚道经超精研磨。噪声降低六分贝。",
    "一种石墨烯导电浆料及其制备方法。浆料的固含量为百分之五；分散剂为聚乙烯吡咯烷酮。",
    "一种低温催化剂，用于烟气脱硝。载体为二氧化钛；活性组分为锰铈复合氧化物。",
]


def test_the_same_seed_gives_the_same_listings_however_many_are_asked_for():
    few = list(listings(ABSTRACTS, 20, seed=1))
    assert list(islice(listings(ABSTRACTS, 500, seed=1), 20)) == few
    assert list(listings(ABSTRACTS, 20, seed=2)) != few


def test_they_fit_their_columns_and_differ():
    made = list(listings(ABSTRACTS, 300, seed=1))
    assert len({one.title for one in made}) == 300
    assert all(0 < len(one.title) <= 60 and len(one.summary) <= 200 for one in made)
    assert all(one.description and 1 <= one.trl <= 9 for one in made)


def test_the_vocabulary_grows_as_that_of_a_real_corpus_does():
    made = [set(tokenize(one.description).words) for one in listings(ABSTRACTS, 400, seed=1)]
    first, all_of_them = set().union(*made[:40]), set().union(*made)
    assert len(all_of_them) > 2 * len(first)


def test_a_few_industries_have_most_of_them():
    made = [one.industry for one in listings(ABSTRACTS, 500, seed=1)]
    assert made.count(INDUSTRIES[0]) > 5 * made.count(INDUSTRIES[-1]) > 0
