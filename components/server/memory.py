"""Memory that was freed goes back to the system: the allocator keeps what a large file took while it was read."""

import ctypes


def give_back() -> None:
    """Return freed memory to the system, where the allocator can (glibc); it takes a few milliseconds."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
