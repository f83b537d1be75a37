"""Runs the benchmarks and prints what they found beside the goals: `dev.py bench [NAME ...]`."""

from __future__ import annotations

import importlib
import os
import sys

GOALS = {
    "steps/s with window": ("≥", 0.9),
    "headless steps/s": ("≥", 0.95),
    "frame interval p99": ("≤", 20.0),
    "start to usable window ÷": ("≤", 2.5),
    "pan": ("≤", 16.0),
    "zoom": ("≤", 16.0),
    "÷ after 150,000": ("≤", 1.05),
    "after one edit": ("≤", 20.0),
    "compile of 500": ("≤", 1.0),
}
NAMES = ("startup", "live", "headless", "canvas", "graph", "memory")


def main(names: list[str]) -> int:
    """Run the named benchmarks, or all; 1 where a goal is missed."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    missed = 0
    for name in names or NAMES:
        print(f"\n{name}")
        for what, value in importlib.import_module(f"tests.bench.{name}").measure().items():
            goal = next((g for text, g in GOALS.items() if text in what), None)
            verdict = ""
            if goal is not None:
                is_met = value >= goal[1] if goal[0] == "≥" else value <= goal[1]
                missed += not is_met
                verdict = f"   {'met' if is_met else 'MISSED'} (goal {goal[0]} {goal[1]:g})"
            print(f"  {what:<64} {value:>9.3f}{verdict}", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
