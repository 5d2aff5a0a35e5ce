"""`python -m cxdata`: refresh, check, status, rollback, demo and templates from the command line."""

from __future__ import annotations

import sys

from cxdata.cli import main

if __name__ == "__main__":
    sys.exit(main())
