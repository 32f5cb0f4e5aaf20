"""A site's own values: what refuses to start, what `check --deploy` names, what is production's default."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from deploy import checks
from marketplace.parties import services as parties
from marketplace.parties.models import User
from tests.factories.parties import UserFactory

ROOT = Path(__file__).resolve().parents[2]
#: A real site's, with nothing to complain of.
GOOD = {
    "SECRET_KEY": "k" * 60 + "abcdefghijk0123456789",
    "SITE_URL": "https://market.example",
    "ALLOWED_HOSTS": "market.example",
    "TRUSTED_PROXIES": "1",
    "EMAIL_URL": "submission://u:p@mail.example:587",
    "DEFAULT_FROM_EMAIL": "market@market.example",
    "SMS_BACKEND": "deploy.check_production.Sender",
    "FOOTER_SPONSOR": "科学技术局",
    "FOOTER_OPERATOR": "技术市场",
    "FOOTER_PHONE": "0539-8123456",
    "FOOTER_SITE_CODE": "",
    "FOOTER_ICP": "",
    "FOOTER_POLICE": "",
}


def manage(tmp_path: Path, *arguments: str, **given: str) -> tuple[int, str]:
    """Exit code and words of a command, with this environment alone."""
    bare = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**bare, "DATA_DIR": str(tmp_path), **given},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def site(tmp_path: Path, **given: str) -> tuple[int, str]:
    return manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING", **{**GOOD, **given})


def test_a_well_set_site_has_nothing_named(tmp_path: Path):
    code, said = site(tmp_path)
    assert code == 0, said
    assert "no issues" in said


def test_everything_that_is_wrong_is_named_at_once(tmp_path: Path):
    code, said = site(
        tmp_path,
        TRUSTED_PROXIES="0",
        EMAIL_URL="file://",
        SMS_BACKEND="marketplace.notices.sms.FileBackend",
        FOOTER_PHONE="0539-0000000（示例）",
        TRUSTED_PROXYS="1",
        SERCH_URL="elasticsearch://es.example",
        ALLOWED_HOSTS="www.market.example",
    )
    assert code == 1
    for number in range(1, 7):
        assert f"site.W00{number}" in said
    assert "TRUSTED_PROXYS is read by nobody. Is TRUSTED_PROXIES meant?" in said
    assert "SERCH_URL is read by nobody. Is SEARCH_URL meant?" in said
    assert "FOOTER_PHONE is still a sample" in said


def test_the_sample_texts_of_an_untouched_site_are_all_named(tmp_path: Path):
    bare = {name: "" for name in GOOD if name.startswith("FOOTER_")}
    kept = {name: value for name, value in GOOD.items() if name not in bare}
    code, said = manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING", **kept)
    assert code == 1
    assert {name for name in bare if f"{name} is still a sample" in said} == set(bare)


def test_a_sender_that_is_not_there_is_an_error_of_every_command(tmp_path: Path):
    code, said = manage(tmp_path, "check", **{**GOOD, "SMS_BACKEND": "city.sms.Sender"})
    assert code == 1
    assert "site.E001" in said
    assert "city" in said


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("SEARCH_URL", "opensearch://es.example", "'opensearch' is none of"),
        ("SEARCH_URL", "elasticsearch+https://u:geheim@es.example/x?tmieout=3", "tmieout"),
        ("SEARCH_STANDBY_URL", "embeded://", "'embeded' is none of"),
        ("RUNTIME_DIR", "/run/" + "x" * 110, "at most 107 bytes"),
    ],
)
def test_what_no_page_would_survive_refuses_to_start(tmp_path: Path, name, value, why):
    """A web process, not only a command: it runs no checks."""
    bare = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", "import deploy.wsgi"],
        cwd=ROOT,
        env={**bare, "DATA_DIR": str(tmp_path), **GOOD, name: value},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert f"ImproperlyConfigured: {name}: " in last
    assert why in last
    assert "geheim" not in done.stderr.replace(str(ROOT), "") or "geheim" not in last


@pytest.mark.parametrize(
    "program",
    [
        "import deploy.wsgi",
        "from deploy.celery import app; app.conf.broker_url",
        "import runpy, sys; sys.argv = ['manage.py', 'check']; runpy.run_path('manage.py', run_name='__main__')",
    ],
)
def test_nothing_said_means_production(tmp_path: Path, program: str):
    """With the settings of a developer it would have made a key, and let sample accounts in."""
    bare = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**bare, "DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "SECRET_KEY or SECRET_KEY_FILE must be set" in done.stderr
    assert "DJANGO_SETTINGS_MODULE=deploy.settings.dev" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_variables_are_found_where_they_are_read():
    assert {"SECRET_KEY", "SECRET_KEY_FILE", "RUNTIME_DIR", "TRUSTED_PROXIES"} <= checks.variables()
    assert "SITE_URL_FILE" not in checks.variables()


def test_sample_accounts_are_no_part_of_a_real_site(tmp_path: Path):
    code, said = site(tmp_path, SAMPLE_ACCOUNTS="true")
    assert code == 1
    assert "SAMPLE_ACCOUNTS is on" in said


@pytest.mark.django_db
def test_sample_accounts_that_were_left_are_counted(settings: Any):
    parties.create_sample_user("operator@sample.example", name="示例", password="x" * 12)
    parties.create_sample_user("away@sample.example", name="示例", password=None)
    User.objects.filter(email="away@sample.example").update(is_active=False)
    UserFactory()
    (message,) = checks.sample_accounts()
    assert message.id == "site.E002"
    assert message.msg.startswith("1 sample accounts")
    parties.remove_samples()
    assert checks.sample_accounts() == []
