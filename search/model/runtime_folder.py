"""The folder of the server's socket: on this machine, never on a network share."""

import os
import stat
from pathlib import Path
from zlib import crc32

#: The longest address of a Unix socket that the kernel allows, in bytes without the final zero.
MAX_ADDRESS = 107
_NAME = "model.socket"


def default_folder(data_dir: Path) -> Path:
    """The folder of the site with this data, when RUNTIME_DIR names none."""
    # Not in DATA_DIR, which several machines may share, nor in TMPDIR, which differs between services.
    return Path(f"/tmp/jiebang-{os.getuid()}-{crc32(str(data_dir).encode()):08x}")  # noqa: S108 -- 0700, and its owner is looked at


def address(folder: Path) -> str:
    """The address of the socket in this folder."""
    return str(folder / _NAME)


def is_too_long(folder: Path) -> bool:
    """Whether no socket can be made in this folder, because its path is too long."""
    return len(os.fsencode(address(folder))) > MAX_ADDRESS


def made_private(folder: Path) -> None:
    """Make the folder, for its owner only. RuntimeError when others own it or may read it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise RuntimeError(f"{folder} must be a folder of this account, with mode 0700")
    if is_too_long(folder):
        raise RuntimeError(f"{folder}: the path of a socket has at most {MAX_ADDRESS} bytes")
