"""Rueda, a fictional company with planted effects: exports to try the scorecard on, and the truth about them.

The shop sells bicycles with a service subscription; its customers write in English and Spanish. `planted.py` says
what was hidden in the data, and `truth.json`, written beside the exports, repeats it in numbers, so that anybody can
check whether an analysis finds it.
"""

from __future__ import annotations

import json
from pathlib import Path

from .company import found_company
from .dirt import spoil
from .export import exports
from .truth import the_truth

__all__ = ["write_exports"]


def write_exports(folder: Path, *, seed: int = 20261118) -> None:
    """Write the demo company's exports, one CSV file a contract table, and `truth.json`.

    The same seed writes the same bytes, on any day and on any machine.

    Parameters
    ----------
    folder : Path
        Made if it does not exist; files of the same names are overwritten.
    seed : int
        Another seed draws other customers with the same planted effects and the same story.
    """
    company = found_company(seed)
    written, dirty = spoil(company, exports(company))
    folder.mkdir(parents=True, exist_ok=True)
    for table, export in written.items():
        text = "\n".join([",".join(export.columns), *export.records, ""])
        (folder / f"{table}.csv").write_text(text, encoding="utf-8", newline="\n")
    truth = json.dumps(the_truth(company, written, dirty), ensure_ascii=False, indent=1)
    (folder / "truth.json").write_text(truth + "\n", encoding="utf-8", newline="\n")
