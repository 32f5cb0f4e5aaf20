"""One of several real processes over one index: `python -m tests.search.process_worker ROLE DIR URL`.

Rows lie in `DIR/rows.json`: id → [rev, title or null]. No database is needed.
"""

import json
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import django
from django.conf import settings

ROUNDS = 15


def setup(folder: Path, url: str) -> None:
    """The least Django that the engine needs."""
    apps = ["search.apps.SearchConfig"]
    settings.configure(DATA_DIR=folder, SEARCH_URL=url, INSTALLED_APPS=apps, USE_TZ=True)
    django.setup()
    # What is asked here is whether answers are true, however busy the machine is.
    from search import budget
    from search.backends.elasticsearch import cluster

    budget.SECONDS = cluster.READ_SECONDS = cluster.SLOW_SECONDS = 30.0


def read_rows(folder: Path) -> dict[str, list]:
    return json.loads((folder / "rows.json").read_text(encoding="utf-8"))


def write_rows(folder: Path, rows: dict[str, list]) -> None:
    fresh = folder / "rows.new"
    fresh.write_text(json.dumps(rows), encoding="utf-8")
    fresh.replace(folder / "rows.json")


def register(folder: Path):
    from search import schema
    from search.schema import IndexSpec, SourceRow, Text

    def source(ids: Sequence[str] | None) -> Iterator[SourceRow]:
        rows = read_rows(folder)
        for id_ in rows if ids is None else ids:
            if id_ in rows:
                rev, title = rows[id_]
                yield id_, rev, None if title is None else {"title": title}

    fields = {"title": Text(title=True)}
    return schema.register(IndexSpec(name="shared", fields=fields, source=source))


def write(folder: Path, spec) -> int:
    """Raise `hot`, add a row and hide an earlier one, fifteen times."""
    from search import engine
    from search.plan import load_from

    for number in range(1, ROUNDS + 1):
        rows = read_rows(folder)
        rows["hot"] = [rows["hot"][0] + 1, f"电机 第 {number} 版"]
        rows[f"n{number}"] = [1, f"新的电机 {number}"]
        touched = ["hot", f"n{number}"]
        if number % 3 == 0:
            rows[f"n{number - 1}"] = [2, None]
            touched.append(f"n{number - 1}")
        write_rows(folder, rows)
        engine.backend().refresh(spec, touched, load_from(spec))
    return ROUNDS


def read(folder: Path, _spec) -> int:
    """Search until told to stop: always an answer, `hot` always there once, never an older one."""
    from search import engine
    from search.query import Query

    asked = newest = 0
    while asked < 5 or not (folder / "stop").exists():
        found = engine.find("shared", Query("电机", size=200))
        assert not found.degraded
        hot = [hit.rev for hit in found.hits if hit.id == "hot"]
        assert len(hot) == 1, hot
        assert hot[0] >= newest, (hot, newest)
        assert len(found.hits) == found.total
        newest = hot[0]
        asked += 1
    return asked


def rebuild(folder: Path, spec) -> int:
    """Rebuild again and again while others read and write."""
    from search import engine
    from search.plan import load_from

    done = 0
    while done < 3 or not (folder / "stop").exists():
        engine.backend().rebuild(spec, load_from(spec))
        done += 1
        time.sleep(0.02)
    return done


def main() -> None:
    role, folder = sys.argv[1], Path(sys.argv[2])
    setup(folder, sys.argv[3])
    spec = register(folder)
    # Everybody begins only when everybody is ready.
    (folder / f"ready-{role}").touch()
    while not (folder / "go").exists():
        time.sleep(0.01)
    count = {"write": write, "read": read, "rebuild": rebuild}[role.split("-")[0]](folder, spec)
    sys.stdout.write(f"{count}\n")


if __name__ == "__main__":
    main()
