"""Locks between processes."""

import subprocess
import sys

import pytest

from search.errors import IndexBusy
from search.locks import locked


def test_a_lock_is_waited_for_only_so_long(tmp_path):
    with locked(tmp_path / "lock"), pytest.raises(IndexBusy), locked(tmp_path / "lock", 0.1):
        pass


def test_a_killed_holder_blocks_nobody(tmp_path):
    hold = (
        "import fcntl, os, sys, time\n"
        "lock = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT)\n"
        "fcntl.flock(lock, fcntl.LOCK_EX)\n"
        "print('held', flush=True)\n"
        "time.sleep(60)\n"
    )
    arguments = [sys.executable, "-c", hold, str(tmp_path / "lock")]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE) as holder:
        holder.stdout.readline()
        with pytest.raises(IndexBusy), locked(tmp_path / "lock", 0.0):
            pass
        holder.kill()
    with locked(tmp_path / "lock", 5.0):
        pass
