"""`make services`: start the three servers, say how to address them, stop them on Ctrl-C."""

import signal
import sys
from contextlib import suppress

from deploy.services import Elasticsearch, Missing, PostgreSQL, Redis, environment, started


def main() -> int:
    """Run until told to stop; the exit code."""
    try:
        with started(PostgreSQL, Redis, Elasticsearch) as servers:
            sys.stdout.write("\n")
            for name, value in environment(servers).items():
                sys.stdout.write(f"export {name}={value}\n")
            sys.stdout.write("\nCtrl-C stops them.\n")
            sys.stdout.flush()
            signal.signal(signal.SIGTERM, signal.default_int_handler)
            with suppress(KeyboardInterrupt):
                signal.pause()
    except Missing as error:
        sys.stderr.write(f"missing: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
