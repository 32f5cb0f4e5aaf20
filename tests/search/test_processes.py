"""Real processes over one index: readers and a writer, with a rebuild in between."""

import subprocess
import sys
import time
from pathlib import Path

from search import engine, schema
from search.plan import load_from
from tests.search import process_worker


def start(role: str, folder: Path, url: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.search.process_worker", role, str(folder), url],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_readers_are_answered_while_others_write_and_rebuild(data_dir, backend_name, settings):
    process_worker.write_rows(data_dir, {"hot": [1, "电机 第 0 版"]})
    spec = process_worker.register(data_dir)
    try:
        backend = engine.backend()
        backend.rebuild(spec, load_from(spec))
        roles = ["write", "read-1", "read-2", "rebuild"]
        processes = {role: start(role, data_dir, settings.SEARCH_URL) for role in roles}
        deadline = time.monotonic() + 300
        while not all((data_dir / f"ready-{role}").exists() for role in roles):
            assert time.monotonic() < deadline
            assert all(process.poll() is None for process in processes.values()), [
                process.stderr.read() for process in processes.values() if process.poll()
            ]
            time.sleep(0.02)
        (data_dir / "go").touch()
        results = {"write": processes["write"].communicate(timeout=300)}
        (data_dir / "stop").touch()
        for role in roles[1:]:
            results[role] = processes[role].communicate(timeout=300)
        assert {role: process.returncode for role, process in processes.items()} == dict.fromkeys(
            roles, 0
        ), {role: error for role, (_, error) in results.items()}
        assert int(results["read-1"][0]) >= 5
        assert int(results["rebuild"][0]) >= 3
        rows = process_worker.read_rows(data_dir)
        visible = {r.id: r.rev for r in backend.revisions(spec) if r.visible}
        assert visible == {id_: rev for id_, (rev, title) in rows.items() if title is not None}
        assert visible["hot"] == process_worker.ROUNDS + 1
    finally:
        schema.unregister("shared")
