"""One thread for small matrices: as the models have it."""

from cxdata.models.threads import one_thread

__all__ = ["one_thread"]
