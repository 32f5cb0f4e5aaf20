"""The child process of `children`: `python -m marketplace.kernel.child`, with a request on its stdin.

Resource limits are set before any library is imported that reads the file.
"""

import errno
import json
import os
import resource
import signal
import sys
import traceback
from pathlib import Path
from typing import Any

#: prctl(2): a signal for this process when the thread that started it ends.
_PR_SET_PDEATHSIG = 1


def main() -> int:
    """Read the request, run its task, write the answer as one line of JSON."""
    request = json.loads(sys.stdin.buffer.read())
    # Stdout becomes stderr, so that output of a library cannot mix with the answer.
    answer_to = os.dup(1)
    os.dup2(2, 1)
    _die_with(request["parent"])
    _limit(request["limits"])
    answer = json.dumps(_answer(request)).encode()
    with os.fdopen(answer_to, "wb") as out:
        out.write(answer)
    # Exit without cleanup: exit handlers of libraries could run into the limits.
    os._exit(0)


def _die_with(parent: int) -> None:
    if sys.platform == "linux":
        import ctypes  # noqa: PLC0415 -- Linux only; elsewhere the time limit ends the child

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        # When the machine runs out of memory, the kernel kills this process first.
        Path("/proc/self/oom_score_adj").write_text("700", encoding="ascii")
    if os.getppid() != parent:
        os._exit(1)
    os.nice(5)


def _limit(limits: dict[str, int]) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory"], limits["memory"]))
    # At the soft limit the process gets SIGXCPU, which the parent recognises; the hard limit kills it.
    resource.setrlimit(resource.RLIMIT_CPU, (limits["seconds"], limits["seconds"] + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits["writes"], limits["writes"]))


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    try:
        _set_up(request)
        return _run(request)
    except MemoryError:
        return {"failed": "memory"}
    except Exception as error:  # noqa: BLE001 -- the parent must learn of every error
        if getattr(error, "errno", None) in {errno.ENOSPC, errno.EDQUOT}:
            return {"failed": "storage"}
        # Only the place of the error: its text could quote the file.
        last = traceback.extract_tb(error.__traceback__)[-1]
        return {"failed": f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}"}


def _set_up(request: dict[str, Any]) -> None:
    import django  # noqa: PLC0415 -- after the limits
    from django.apps import apps  # noqa: PLC0415 -- after the limits
    from django.conf import settings  # noqa: PLC0415 -- after the limits
    from django.utils import translation  # noqa: PLC0415 -- after the limits

    if request["needs_django"]:
        django.setup()
    else:
        settings.configure(
            **{
                **request["django"],
                "LANGUAGES": [tuple(p) for p in request["django"]["LANGUAGES"]],
            },
            INSTALLED_APPS=[],
            USE_I18N=True,
            USE_TZ=True,
        )
        # Translation needs a loaded app registry; here it is empty.
        apps.populate([])
    translation.activate(request["language"])


def _run(request: dict[str, Any]) -> dict[str, Any]:
    from importlib import import_module  # noqa: PLC0415 -- after the limits

    from marketplace.kernel import children  # noqa: PLC0415 -- after the limits
    from marketplace.kernel.errors import DomainError, InvalidInput  # noqa: PLC0415 -- after the limits

    import_module(request["module"])
    try:
        result = children.find(request["task"]).run(Path(request["path"]), **request["params"])
    except InvalidInput as error:
        return {
            "invalid": {
                name: [str(text) for text in messages] for name, messages in error.errors.items()
            }
        }
    except DomainError as error:
        return {"refused": str(error)}
    return {"result": result}


if __name__ == "__main__":
    sys.exit(main())
