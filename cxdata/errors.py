"""Errors a user can act on: each names the thing, the value received, the rule and the next step."""

from __future__ import annotations


class CxError(Exception):
    """Base of every error that is meant to be read by a user.

    `exit_code` is what `python -m cxdata` ends with; the numbers follow BSD's sysexits so that a
    scheduler can tell bad data (65) from a refresh that should simply be tried again (75).
    """

    exit_code = 1


class InputBlocked(CxError):
    """An export can't be published: a file, a column or a total breaks a rule that protects the numbers."""

    exit_code = 65


class InputMissing(CxError):
    """A folder, a file or a source that was named does not exist."""

    exit_code = 66


class UnknownTerm(CxError):
    """A name that is not in the contract, the vocabulary or the release; the message lists the choices."""

    exit_code = 64


class TooLittleData(CxError):
    """An estimate was asked for that the data cannot carry; the message says how much is needed."""

    exit_code = 65


class PublishFailed(CxError):
    """The release could not be written, for instance because the disk is full; the last one stays."""

    exit_code = 74


class RefreshBusy(CxError):
    """Another refresh holds the lock; nothing was read or written."""

    exit_code = 75


class ConfigInvalid(CxError):
    """`cx.toml` holds a key or a value that is not allowed."""

    exit_code = 78


class ReleaseMissing(CxError):
    """Nothing has been published yet, or the release that `CURRENT` names is not there."""

    exit_code = 66


class ReleaseDamaged(CxError):
    """A published file cannot be opened or does not hold what its manifest says."""

    exit_code = 74
