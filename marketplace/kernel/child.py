"""The child's side of `children`: `python -m marketplace.kernel.child`, a request on its input.

Limits are set before anything is imported that sees the file.
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
    """Read the request, run its task, answer in one line of JSON."""
    request = json.loads(sys.stdin.buffer.read())
    # What a library prints must not get between the answer's bytes.
    answer_to = os.dup(1)
    os.dup2(2, 1)
    _die_with(request["parent"])
    _limit(request["limits"])
    answer = json.dumps(_answer(request)).encode()
    with os.fdopen(answer_to, "wb") as out:
        out.write(answer)
    # At once: an interpreter that winds down may meet the limits in a library's last words.
    os._exit(0)


def _die_with(parent: int) -> None:
    if sys.platform == "linux":
        import ctypes  # noqa: PLC0415 -- where there is no prctl, the limit of time ends it

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        # When memory gets short, the machine ends this one first.
        Path("/proc/self/oom_score_adj").write_text("700", encoding="ascii")
    if os.getppid() != parent:
        os._exit(1)
    os.nice(5)


def _limit(limits: dict[str, int]) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory"], limits["memory"]))
    # The first limit ends it with SIGXCPU, which the parent understands; the second can't be caught.
    resource.setrlimit(resource.RLIMIT_CPU, (limits["seconds"], limits["seconds"] + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits["writes"], limits["writes"]))


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    try:
        _set_up(request)
        return _run(request)
    except MemoryError:
        return {"failed": "memory"}
    except Exception as error:  # noqa: BLE001 -- whatever it is, the parent must hear of it
        if getattr(error, "errno", None) in {errno.ENOSPC, errno.EDQUOT}:
            return {"failed": "storage"}
        # Where, never what: the text of an error may hold what stands in the file.
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
        # The catalogue wants to know of applications, of which there are none.
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
