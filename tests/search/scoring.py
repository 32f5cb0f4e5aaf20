"""nDCG@10 and recall@100 of a run, as the benchmark's own script counts them."""

import math
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path


def read_judgements(folder: Path) -> dict[str, dict[str, int]]:
    """Grades by query and document."""
    judged: dict[str, dict[str, int]] = defaultdict(dict)
    for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines():
        qid, docid, grade = line.split("\t")[:3]
        judged[qid][docid] = int(grade)
    return judged


def score(
    lines: Iterable[tuple[str, str, float]], judged: dict[str, dict[str, int]]
) -> dict[str, tuple[float, float]]:
    """nDCG@10 (gain 2^g - 1) and recall@100 of the grade 3 documents, by query."""
    run: dict[str, dict[str, float]] = defaultdict(dict)
    for qid, docid, value in lines:
        run[qid][docid] = value
    return {qid: _one(run.get(qid, {}), grades) for qid, grades in judged.items()}


def mean(scores: Iterable[tuple[float, float]]) -> tuple[float, float]:
    """The mean of both measures."""
    pairs = list(scores)
    return sum(a for a, _ in pairs) / len(pairs), sum(b for _, b in pairs) / len(pairs)


def _one(found: dict[str, float], grades: dict[str, int]) -> tuple[float, float]:
    ranked = sorted(found, key=lambda docid: (-found[docid], docid))
    gained = [grades.get(docid, 0) for docid in ranked]
    ideal = _gain(sorted(grades.values(), reverse=True)[:10])
    sources = sum(1 for grade in grades.values() if grade == 3)
    recall = sum(1 for grade in gained[:100] if grade == 3) / max(1, sources)
    return (_gain(gained[:10]) / ideal if ideal else 0.0), recall


def _gain(grades: list[int]) -> float:
    return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades))
