"""What became of the data: releases, the account of every record, quarantine, checks and warnings.

`releases` reads manifests, `query` the database, `tables` puts both into words. Nothing here needs more
than a manifest to say what a release holds, so that a damaged release can still be described.
"""
