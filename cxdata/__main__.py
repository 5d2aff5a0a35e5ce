"""`python -m cxdata`: refresh, check, status, rollback, demo and templates from the command line."""

from __future__ import annotations

import io
import sys

from cxdata.cli import main

if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        # A terminal or a log that knows only ASCII gets a question mark for a letter, not a traceback.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    sys.exit(main())
