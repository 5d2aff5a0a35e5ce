"""Words about exports, releases and what became of each record."""

from __future__ import annotations

from cxdata.language import mark as _
from cxdata.terms.term import Term

TERMS: tuple[Term, ...] = (
    Term("release", _("Release"), _("One published set of data files; earlier ones are kept for rollback.")),
    Term("as_of", _("As of"), _("The day of the data; the month it lies in is unfinished.")),
    Term("source", _("Source"), _("A system that exports, with the SQL that maps its files to the contract tables.")),
    Term(
        "contract",
        _("Contract table"),
        _("A table as the scorecard defines it: its columns, allowed values and key."),
    ),
    Term(
        "conservation",
        _("Conservation"),
        _("Records read = loaded + quarantined + exact duplicates, for each file."),
    ),
    Term(
        "quarantine",
        _("Quarantine"),
        _("Rows that break the contract, kept with file, record, value and all reasons."),
    ),
    Term("duplicate", _("Duplicate"), _("A row that repeats another one exactly; it is counted and left out.")),
    Term(
        "unmatched",
        _("Unmatched"),
        _("A row that names a customer who is not in the customer list; it still counts."),
    ),
    Term(
        "keyed_hash",
        _("Keyed hash"),
        _("What stands for a customer's id in published tables: nobody can compute it without the company's key."),
        "RFC 2104 (HMAC)",
    ),
    Term(
        "manifest",
        _("Manifest"),
        _("The file of a release that says what was read, what became of it and what was checked."),
    ),
    Term(
        "cut",
        _("Cut"),
        _("The customer dimensions by which a published table is broken down: none or one of them; for terms also all."),
    ),
)  # fmt: skip
