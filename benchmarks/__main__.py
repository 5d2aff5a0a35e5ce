"""`python -m benchmarks`: ratios of costs, measured side by side in one run; nothing is asserted."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.exports import Size
from benchmarks.machine import description
from benchmarks.measure import Comparison, Figure, lines

Results = Sequence[Comparison | Figure]


def _refresh(size: Size, folder: Path, rounds: int) -> Results:
    from benchmarks import refresh

    return refresh.run(size, folder, rounds)


def _rollup(size: Size, folder: Path, rounds: int) -> Results:
    from benchmarks import rollup

    return rollup.run(size, folder, rounds)


def _pair(size: Size, folder: Path, rounds: int) -> Results:
    from benchmarks import rollup

    return rollup.run_pair(size, folder, rounds)


def _page(size: Size, folder: Path, rounds: int) -> Results:
    from benchmarks import page

    return page.run(size, folder, rounds)


def _drivers(size: Size, folder: Path, rounds: int) -> Results:
    from benchmarks import drivers

    return drivers.run(size, folder, rounds)


def _finance_curves(size: Size, folder: Path, rounds: int) -> Results:
    from benchmarks import finance_curves

    return finance_curves.run(size, folder, rounds)


def _finance(size: Size, folder: Path, rounds: int) -> Results:
    from benchmarks import finance

    return finance.run(size, folder, rounds)


BENCHMARKS: dict[str, Callable[[Size, Path, int], Results]] = {
    "refresh": _refresh,
    "rollup": _rollup,
    "page": _page,
    "drivers": _drivers,
    "finance": _finance,
    "finance_curves": _finance_curves,
}


def main() -> None:
    """Measure what was asked for and print one table."""
    options = _options()
    size = Size(options.customers, options.surveys, options.interactions, options.shuffled)
    chosen = dict.fromkeys(options.names or BENCHMARKS)
    runs = [BENCHMARKS[name] for name in chosen] + ([_pair] if options.scale_pair else [])
    options.folder.mkdir(parents=True, exist_ok=True)
    print(f"{description()}\n{size}; {options.rounds} rounds, median (least–greatest)\n", flush=True)
    results: list[Comparison | Figure] = []
    for run in runs:
        results += run(size, options.folder, options.rounds)
    print("\n".join(lines(results)))


def _options() -> argparse.Namespace:
    size = Size()
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", choices=[*BENCHMARKS, []],
                        help=f"{', '.join(BENCHMARKS)}; all by default")  # fmt: skip
    for name in ("customers", "surveys", "interactions"):
        default = getattr(size, name)
        parser.add_argument(f"--{name}", type=int, default=default, metavar="N", help=f"default {default:,}")
    parser.add_argument("--shuffled", action="store_true", help="exports in no order of time")
    parser.add_argument(
        "--scale-pair", action="store_true", help="page queries here ÷ at a tenth of the size"
    )
    parser.add_argument("--rounds", type=int, default=5, metavar="R", help="measurements of each, default 5")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "cx-benchmarks",
                        metavar="DIR", help="where the exports are kept, default %(default)s")  # fmt: skip
    return parser.parse_args()


if __name__ == "__main__":
    main()
