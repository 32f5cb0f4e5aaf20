"""Did you mean: typing errors corrected with the words of the indexed texts.

Most typing errors in Chinese have the right sound and a wrong character, so words of the same sound are tried
first; then words with one wrong, missing or doubled character.
"""

from collections.abc import Iterable, Sequence

from django.db.models import Q, Sum

from rapidfuzz.distance import OSA

from search import pinyin
from search.analysis import clean, runs
from search.analysis.stems import stem
from search.models import VocabularyWord

_MAX_QUERY = 40
_LONGEST_WINDOW = 10
_CANDIDATES = 400


def corrected(text: str, specs: Sequence[str]) -> str | None:
    """The query with its unknown words replaced by known ones; None when nothing is to correct."""
    query = clean(text).strip()
    if not query or len(query) > _MAX_QUERY or not specs:
        return None
    result, place = [], 0
    for run, is_cjk in list(runs(query)):
        start = query.index(run, place)
        result.append(query[place:start])
        result.append(_corrected_chinese(run, specs) if is_cjk else _corrected_latin(run, specs))
        place = start + len(run)
    fixed = "".join([*result, query[place:]])
    return fixed if fixed != query else None


def _corrected_latin(run: str, specs: Sequence[str]) -> str:
    if len(run) < 4 or run.isdigit() or _known([run], specs):
        return run
    allowed = 1 if len(run) < 7 else 2
    better = _nearest(run, specs, allowed)
    # Another form of the same word has the same stem, so the search finds it without a correction.
    return run if better is None or stem(better) == stem(run) else better


def _corrected_chinese(run: str, specs: Sequence[str]) -> str:
    windows = [
        (start, run[start : start + size])
        for size in range(min(len(run), _LONGEST_WINDOW), 1, -1)
        for start in range(len(run) - size + 1)
    ]
    known = _known({text for _, text in windows}, specs)
    settled = [False] * len(run)
    for start, text in windows:
        if text in known:
            settled[start : start + len(text)] = [True] * len(text)
    characters = list(run)
    homophones = _by_sound([text for _, text in windows], specs)
    for start, text in windows:
        if all(settled[start : start + len(text)]):
            continue
        better = homophones.get(pinyin.sound(text))
        if better is None and len(text) > 2 and not any(settled[start : start + len(text)]):
            better = _nearest(text, specs, 1)
        if better is not None:
            characters[start : start + len(text)] = [better, *[""] * (len(text) - 1)]
            settled[start : start + len(text)] = [True] * len(text)
    return "".join(characters)


def _known(words: Iterable[str], specs: Sequence[str]) -> set[str]:
    found = VocabularyWord.objects.filter(word__in=list(words), spec__in=specs)
    return set(found.values_list("word", flat=True))


def _by_sound(words: Sequence[str], specs: Sequence[str]) -> dict[str, str]:
    """For each sound of these words the most used word that has it and as many characters."""
    sounds = {pinyin.sound(word): len(word) for word in words}
    found = VocabularyWord.objects.filter(sound__in=list(sounds), spec__in=specs)
    least_used_first = found.order_by("count", "-word").values_list("sound", "word")
    return {sound: word for sound, word in least_used_first if sounds.get(sound) == len(word)}


def _nearest(word: str, specs: Sequence[str], allowed: int) -> str | None:
    """The most used known word within `allowed` typing errors that keeps one end of the word."""
    candidates = (
        VocabularyWord.objects.filter(Q(word__startswith=word[0]) | Q(last=word[-1]))
        .filter(spec__in=specs, size__gte=len(word) - allowed, size__lte=len(word) + allowed)
        .values("word")
        .annotate(used=Sum("count"))
        .order_by("-used", "word")[:_CANDIDATES]
    )
    best: tuple[int, int, str] | None = None
    for candidate in candidates:
        # Characters mistyped, left out, added, or swapped with their neighbour.
        distance = OSA.distance(word, candidate["word"], score_cutoff=allowed)
        if distance <= allowed:
            ranked = (distance, -candidate["used"], candidate["word"])
            best = ranked if best is None else min(best, ranked)
    return best[2] if best else None
