"""Files made in a process of their own: those who only look keep the server's processor and memory.

A document takes seconds of a processor, and the libraries that draw and write it a hundred megabytes; both end with the
process, which stands behind everything else the machine has to do. A county's files are made one after the other, those
of two counties at once: one does not wait for the other. Pictures come back with the file and go along with the next
order, so each is drawn once in the life of a server.
"""

import os
import pickle
import subprocess
import sys
from pathlib import Path
from threading import BoundedSemaphore
from typing import BinaryIO

from data.briefing import pictures
from data.briefing.errors import DocumentError
from data.briefing.model import Briefing
from data.briefing.writers import written
from data.lanes import lane
from data.language import N_
from geo.boundaries import Boundaries

BEHIND = 10
"""How much less than others the process may ask of a busy processor (nice)."""
WITHIN = 300
"""Seconds after which a file is given up."""
_ROOT = Path(__file__).parents[2]
AT_ONCE = min(2, os.cpu_count() or 1)
"""Files made at the same time, of different counties; each takes 200 to 550 MB."""
_ENDED = N_("The file could not be made: the machine ended its process, mostly for want of memory. Try again later")
_TOO_LONG = N_(
    "The file could not be made within {minutes} minutes: the machine is too busy. "
    "Try again later, or choose fewer sections or townships"
)
_FAULT = N_(
    "The file could not be made because of a fault of the program; nothing was changed. "
    "Whoever looks after the server finds the reason in its log"
)
_ROOM = BoundedSemaphore(AT_ONCE)


def make(briefing: Briefing, boundaries: Boundaries, form: str, template: Path | None = None) -> bytes:
    """Return the file of a briefing, as `data.briefing.writers.written` does, when it is its turn.

    Raises
    ------
    DocumentError
        What the writer says, or that its process ended without an answer.
    """
    county, _, _version = briefing.code.rpartition("-")
    # First the county's own turn: who waits for it takes no other county's place.
    with lane(f"documents/{county}"), _ROOM:
        order = pickle.dumps((briefing, boundaries, form, template, pictures.kept()))
        path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))
        try:
            done = subprocess.run(  # noqa: S603 - this module, by the interpreter that runs it
                [sys.executable, "-m", __name__],
                input=order,
                stdout=subprocess.PIPE,
                env=os.environ | {"PYTHONPATH": path},
                timeout=WITHIN,
                check=True,
            )
        except subprocess.TimeoutExpired as error:
            raise DocumentError(_TOO_LONG, minutes=WITHIN // 60) from error
        except subprocess.CalledProcessError as error:
            killed = error.returncode < 0  # by a signal
            raise DocumentError(_ENDED if killed else _FAULT) from error
        except OSError as error:
            raise DocumentError(_ENDED) from error
        body, trouble, drawn = pickle.loads(done.stdout)  # noqa: S301 - of a process of our own
        pictures.keep(drawn)
    if trouble is not None:
        raise DocumentError(trouble[0], **trouble[1])
    return bytes(body)


def _work(order: BinaryIO, answer: BinaryIO) -> None:
    briefing, boundaries, form, template, known = pickle.load(order)  # noqa: S301 - of the server that started us
    pictures.keep(known)
    body, trouble = b"", None
    try:
        body = written(briefing, boundaries, form, template)
    except DocumentError as error:
        trouble = error.text, error.values
    drawn = {key: picture for key, picture in pictures.kept().items() if key not in known}
    pickle.dump((body, trouble, drawn), answer)


if __name__ == "__main__":
    os.nice(BEHIND)
    _work(sys.stdin.buffer, sys.stdout.buffer)
