"""`make api-test`: starts the site with its samples and lets schemathesis ask all that the schema allows.

Each operation is asked with every boundary of its parameters (coverage) and with random values
(fuzzing), right and wrong ones, for at most SECONDS in all. What fails is an answer that the schema
does not name, another shape or content type, wrong input that is taken, a 5xx, a key that is not asked
for, or a method without a proper 405.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.hostile.door import Door
from tests.started import ROOT, site

SECONDS = 240
#: A value that the schema allows and no code list holds is refused, rightly: which codes there are is
#: data, and no part of a schema.
LEFT_OUT = "positive_data_acceptance"
CONFIG = """
[checks]
# 414 is the answer of the web server to an address that is longer than it reads.
negative_data_rejection.expected-statuses = [400, 401, 403, 404, 405, 406, 409, 413, 414, 415, 422, 428]

[[operations]]
include-path-regex = "/needs/{code}/(matches/)?$"
parameters = { "path.code" = "%(need)s" }

[[operations]]
include-path = "/api/v1/needs/{code}/submit/"
parameters = { "path.code" = "%(draft)s" }

[[operations]]
include-path-regex = "/achievements/{code}/"
parameters = { "path.code" = "%(achievement)s" }

[[operations]]
include-path = "/api/v1/taxonomy/{scheme}/"
parameters = { "path.scheme" = "industry" }
"""


def main() -> int:
    """Start, ask, stop; the exit code of schemathesis."""
    with site("tests.contract.settings") as running, tempfile.TemporaryDirectory() as folder:
        door = Door(running)
        door.open()
        config = Path(folder) / "schemathesis.toml"
        config.write_text(CONFIG % door.names, encoding="utf-8")
        schema = Path(folder) / "schema.yaml"
        schema.write_bytes(door.session.get(door.url("/api/schema/"), timeout=60).content)
        asked = [
            *(str(Path(sys.executable).parent / "schemathesis"), "--config-file", str(config)),
            *("run", str(schema), "--url", door.url("")),
            *("--phases", "coverage,fuzzing", "--checks", "all", "--exclude-checks", LEFT_OUT),
            *("--max-examples", "40", "--max-time", str(SECONDS), "--seed", "1"),
            *("--continue-on-failure", "--header", f"Authorization: Bearer {door.key}"),
        ]
        code = subprocess.run(asked, cwd=ROOT, check=False).returncode
        if running.process.poll() is not None:
            sys.stderr.write(running.log[-3000:])
            return 1
    return code


if __name__ == "__main__":
    sys.exit(main())
