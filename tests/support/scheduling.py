"""Which process runs which tests."""

from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

# Files whose tests need no common module, and take too long one after the other for one process.
SHARED_OUT = {"tests/browser/test_journeys.py"}
# Few tests that take minutes: begun last, as few tests are, they would keep one process busy while the others wait.
# The first asks for the sample data of all counties, and whoever asks meanwhile waits for them: so the second is one
# that is content with the small counties, the third one that needs none.
FIRST = (
    "tests/browser/test_sheet.py",
    "tests/browser/test_closed_loop.py",
    "tests/browser/test_chrome.py",
    "tests/store/test_restored.py",
    "tests/store/test_snapshots.py",
    "tests/browser/test_isolation.py",
    "tests/briefing/test_word.py",
)


class Scheduling(LoadFileScheduling):
    """Gives a process a file at a time, and of the longest ones a test with all its cases at a time.

    Those come last, as what has fewest tests does: so no process is idle for long at the end.
    """

    def _assign_work_unit(self, node: WorkerController) -> None:
        for file in reversed(FIRST):
            if file in self.workqueue:
                self.workqueue.move_to_end(file, last=False)
        super()._assign_work_unit(node)

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return nodeid.partition("[")[0] if file in SHARED_OUT else file
