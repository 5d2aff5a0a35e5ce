"""Measuring two ways of doing the same thing in turn, so that a busy machine slows both alike."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Cost:
    """What one run used.

    Parameters
    ----------
    cpu_seconds : float
        User and system time, of all threads and finished children.
    wall_seconds : float
        Time that passed.
    peak_bytes : int
        Largest resident memory; 0 where it was not measured.
    printed : str
        What the program printed.
    """

    cpu_seconds: float
    wall_seconds: float
    peak_bytes: int = 0
    printed: str = ""


@dataclass(frozen=True)
class Comparison:
    """A ratio of two costs, measured in alternation.

    Parameters
    ----------
    name : str
        What is divided by what.
    target : str
        The ratio aimed at, as text.
    cpu, wall : list of float
        One ratio a round.
    above, below : list of Cost
        The runs behind them: numerator and denominator.
    """

    name: str
    target: str
    cpu: list[float]
    wall: list[float]
    above: list[Cost]
    below: list[Cost]


@dataclass(frozen=True)
class Figure:
    """A single measured number that is not a ratio of two costs."""

    name: str
    target: str
    values: list[float]


def of_process(arguments: Sequence[str]) -> Cost:
    """Cost of a program, from its start to its end, its own children included.

    Raises
    ------
    RuntimeError
        If it fails; with what it printed.
    """
    started = time.perf_counter()
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        printed = process.stdout.read() if process.stdout else ""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(arguments[1:4])} ended with {process.returncode}: {printed[-2000:]}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Cost(
        usage.ru_utime + usage.ru_stime, time.perf_counter() - started, usage.ru_maxrss * unit, printed
    )


def of_calls(call: Callable[[], object], times: int) -> Cost:
    """Mean cost of a call in this process, over `times` calls."""
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(times):
        call()
    return Cost((time.process_time() - cpu) / times, (time.perf_counter() - wall) / times)


def compare(
    name: str, target: str, above: Callable[[], Cost], below: Callable[[], Cost], rounds: int
) -> Comparison:
    """Run two measurements in alternation and divide them round by round.

    Which of the two comes first changes with every round, so that neither always finds a warm machine.
    """
    tops: list[Cost] = []
    bottoms: list[Cost] = []
    for turn in range(rounds):
        if turn % 2:
            tops.append(above())
            bottoms.append(below())
        else:
            bottoms.append(below())
            tops.append(above())
    pairs = list(zip(tops, bottoms, strict=True))
    return Comparison(
        name,
        target,
        [top.cpu_seconds / bottom.cpu_seconds for top, bottom in pairs],
        [top.wall_seconds / bottom.wall_seconds for top, bottom in pairs],
        tops,
        bottoms,
    )


def spread(values: Sequence[float], digits: int = 2) -> str:
    """Median with the least and the greatest value."""
    if len(values) == 1:
        return f"{values[0]:.{digits}f}"
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f}–{max(values):.{digits}f})"


def lines(results: Sequence[Comparison | Figure]) -> list[str]:
    """A Markdown table of the results."""
    table = [
        "| what | target | CPU | wall | CPU s |",
        "|---|---|---|---|---|",
    ]
    for result in results:
        if isinstance(result, Figure):
            table.append(f"| {result.name} | {result.target} | {spread(result.values)} | | |")
            continue
        digits = 1 if statistics.median(result.cpu) >= 20 else 2
        costs = " ÷ ".join(
            f"{statistics.median([cost.cpu_seconds for cost in runs]):.3g}"
            for runs in (result.above, result.below)
        )
        table.append(
            f"| {result.name} | {result.target} | {spread(result.cpu, digits)} | {spread(result.wall, digits)} "
            f"| {costs} |"
        )
    return table
