"""Which process runs which tests."""

from xdist.scheduler import LoadFileScheduling

# Files whose tests need no common module, and take too long one after the other for one process.
SHARED_OUT = {"tests/browser/test_journeys.py"}


class Scheduling(LoadFileScheduling):
    """Gives a process a file at a time, and of the longest ones a test with all its cases at a time.

    Those come last, as what has fewest tests does: so no process is idle for long at the end.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return nodeid.partition("[")[0] if file in SHARED_OUT else file
