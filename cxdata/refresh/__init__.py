"""Exports in, checked and published releases out: the only part of the product that writes.

The route, one module a step: `inputs` finds the files, `scan` fingerprints them and counts their
records without parsing, `readers` hands every value on as text, `sources` maps foreign exports,
`validation` generates the checks from the contract, `stage` runs them, `facts` and `marts` build
the release, `verify` asks it for bad rows, `publish` names it and moves the pointer.
"""
