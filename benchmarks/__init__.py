"""Costs of the product as ratios, measured side by side in one run: `python -m benchmarks --help`."""
