"""What `docs/operating.md` promises to read, and what the settings read: the same, and it has effect."""

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = ROOT / "deploy" / "settings" / "production.py"
#: Read by Django itself.
NOT_A_SETTING = {"DJANGO_SETTINGS_MODULE"}
READERS = {"str", "int", "bool", "list", "float", "json", "dict", "url", "path"}


def asked_for() -> dict[str, bool]:
    """Every variable that the production settings read, and whether a file may hold it."""
    found = {}
    for node in ast.walk(ast.parse(PRODUCTION.read_text(encoding="utf-8"))):
        if not (
            isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)
        ):
            continue
        match node.func:
            case ast.Name(id="secret"):
                found[node.args[0].value] = True
            case ast.Attribute(value=ast.Name(id="env"), attr=attr):
                assert attr in READERS, f"env.{attr}: is it a variable that it reads?"
                found[node.args[0].value] = False
    return found


def documented() -> set[str]:
    """Every variable in the first column of the table."""
    text = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    table = text.split("| variable |")[1].split("\n\n")[0]
    firsts = [line.split("|")[1] for line in table.splitlines()[2:]]
    return {name for first in firsts for name in re.findall(r"`([A-Z*_]+)`", first)}


def test_the_table_names_what_is_read_and_nothing_else():
    assert documented() - NOT_A_SETTING == set(asked_for())


def test_addresses_and_secrets_may_come_from_files():
    from_files = {name for name, may in asked_for().items() if may}
    urls = {name for name in asked_for() if name.endswith("_URL")} - {"SITE_URL"}
    assert from_files == urls | {"SECRET_KEY", "SECRET_KEY_FALLBACKS", "METRICS_TOKEN"}


def production(tmp_path: Path, wanted: list[str], **given: str) -> dict[str, object]:
    """The values of these settings, as a process sees them that is given this environment."""
    bare = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    program = (
        "import json; from deploy.settings import production as p; "
        f"print(json.dumps({{name: getattr(p, name) for name in {wanted!r}}}, default=str))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**bare, "SECRET_KEY": "k", "DATA_DIR": str(tmp_path), **given},
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_what_stands_in_a_file_counts(tmp_path: Path):
    inside = {
        "SECRET_KEY": "from a file",
        "SECRET_KEY_FALLBACKS": "older\noldest",
        "METRICS_TOKEN": "token",
        "DATABASE_URL": "postgres://u:p@db.example/x",
        "BROKER_URL": "redis://broker.example/0",
        "CACHE_URL": "redis://cache.example/1",
        "SEARCH_URL": "elasticsearch+https://u:p@es.example:9200/x",
        "SEARCH_STANDBY_URL": "embedded://",
        "EMAIL_URL": "submission://u:p%40ss@mail.example:587",
        "CLAMD_URL": "tcp://clamd.example:3310",
    }
    assert set(inside) == {name for name, may in asked_for().items() if may}
    files = {}
    for name, text in inside.items():
        (tmp_path / name).write_text(f"{text}\n", encoding="utf-8")
        files[f"{name}_FILE"] = str(tmp_path / name)
    plain = ["SECRET_KEY", "METRICS_TOKEN", "CELERY_BROKER_URL", "SEARCH_URL", "SEARCH_STANDBY_URL"]
    mail = ["EMAIL_HOST", "EMAIL_PORT", "EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD", "EMAIL_USE_TLS"]
    found = production(
        tmp_path, [*plain, *mail, "DATABASES", "CACHES", "SECRET_KEY_FALLBACKS"], **files
    )
    assert found["SECRET_KEY_FALLBACKS"] == ["older", "oldest"]
    assert [found[name] for name in plain] == [
        *("from a file", "token", inside["BROKER_URL"]),
        *(inside["SEARCH_URL"], "embedded://"),
    ]
    assert [found[name] for name in mail] == ["mail.example", 587, "u", "p@ss", True]
    assert found["DATABASES"]["default"]["HOST"] == "db.example"
    assert found["CACHES"]["default"]["LOCATION"] == inside["CACHE_URL"]


FOOTER = sorted(name for name in asked_for() if name.startswith("FOOTER_"))


def test_the_footer_is_what_the_environment_says(tmp_path: Path):
    given = {name: f"our {name}" for name in FOOTER} | {"FOOTER_ICP": "", "SITE_NOTICE": "试运行"}
    assert production(tmp_path, list(given), **given) == given


@pytest.mark.django_db
def test_every_line_of_the_footer_is_shown(client, settings):
    for name in FOOTER:
        setattr(settings, name, f"our {name}")
    settings.SITE_NOTICE = "试运行"
    page = client.get("/accounts/login/").content.decode()
    assert [name for name in FOOTER if f"our {name}" not in page] == []
    assert "<span>试运行</span>" in page
    assert len(FOOTER) == 9
