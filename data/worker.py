"""Heavy work in a process of its own, one thing after the other, so that a server's viewers keep the interpreter.

Memory goes back when the process ends; what it dies of, or what takes longer than allowed, is an error of that piece of
work and of nothing else. It starts when it is expected to be needed and ends when nobody asked it for a while.
"""

import os
import pickle
import resource
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Lock, Timer
from typing import Any, Final, TypeVar

T = TypeVar("T")
Tell = Callable[[float], object]

BEHIND: Final = 5
"""How much less than others the process may ask of a busy processor (nice)."""
IDLE: Final = 120.0
"""Seconds without work after which it ends."""
MEMORY_BYTES: Final = 1024**3
"""What it may take; the largest file that is let in takes about half."""
PATIENCE: Final = 10
"""Times as long by the clock as by its processor, until it is ended: a busy machine is nobody's fault."""
_TOLD, _DONE, _FAILED = "told", "done", "failed"
_ROOT = Path(__file__).parents[1]


class TooCostlyError(Exception):
    """The process died of what it was given, ran out of memory, or was ended because it took too long."""


class Worker:
    """One process that does one thing after the other; begun anew when it is needed and there is none.

    Not of `multiprocessing`, which would run in it what stands in `__main__`: in a server of Streamlit, the page.
    """

    def __init__(self) -> None:
        self._turn = Lock()
        self._state = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._end: Timer | None = None

    def start(self) -> None:
        """Have the process there before it is needed; returns at once."""
        self._now()

    def run(self, work: Callable[..., T], *given: Any, seconds: float, tell: Tell | None = None) -> T:
        """Return what `work` returns for what is given, when it is its turn; raise what it raises.

        Parameters
        ----------
        work
            A function of a module, which is imported there.
        seconds
            Of the processor's time that it may take; of the clock's, from its turn on, `PATIENCE` times as many.
        tell
            Called with the share that is done, if `work` takes such a function last.

        Raises
        ------
        TooCostlyError
        """
        order = pickle.dumps((work, given, tell is not None, seconds))
        with self._turn:
            process = self._now()
            if process.stdin is None or process.stdout is None:
                raise TooCostlyError
            late = Timer(PATIENCE * seconds, process.kill)
            late.daemon = True
            late.start()
            try:
                process.stdin.write(order)
                process.stdin.flush()
                kind = _TOLD
                while kind == _TOLD:
                    kind, value = pickle.load(process.stdout)  # noqa: S301 - of a process of our own
                    if kind == _TOLD and tell is not None:
                        tell(value)
            except (OSError, EOFError, pickle.UnpicklingError) as error:
                self.stop()
                raise TooCostlyError from error
            except BaseException:  # of `tell`: the rest of the answer is nobody's
                self.stop()
                raise
            finally:
                late.cancel()
        if kind == _FAILED:
            raise _again(*value)
        found: T = value
        return found

    def stop(self) -> None:
        """End the process."""
        with self._state:
            process, self._process = self._process, None
            if self._end is not None:
                self._end.cancel()
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with suppress(OSError):  # what was to be written to the dead
                        pipe.close()

    def _now(self) -> subprocess.Popen[bytes]:
        """Return the process, which has a while to live from now."""
        with self._state:
            if self._process is None or self._process.poll() is not None:
                path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "data.worker"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    env=os.environ | {"PYTHONPATH": path},
                )
            if self._end is not None:
                self._end.cancel()
            self._end = Timer(IDLE, self._rest)
            self._end.daemon = True
            self._end.start()
            return self._process

    def _rest(self) -> None:
        """End the process unless it is at work: then there will be another look."""
        if self._turn.acquire(blocking=False):
            try:
                self.stop()
            finally:
                self._turn.release()
        else:
            self._now()


def _again(kind: type[Exception], args: tuple[Any, ...], state: dict[str, Any]) -> Exception:
    """Return an error of the other process, whatever its own `__init__` asks for."""
    if issubclass(kind, MemoryError):
        return TooCostlyError()
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(state)
    return error


def _serve() -> None:
    """Do what comes in, one thing after the other, until the server closes the pipe or is gone."""
    os.nice(BEHIND)
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_BYTES, MEMORY_BYTES))
    orders, answers = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is no answer

    def answer(kind: str, value: object) -> None:
        answers.write(pickle.dumps((kind, value)))
        answers.flush()

    while True:
        try:
            work, given, tells, seconds = pickle.load(orders)  # noqa: S301 - of the server that started us
            signal.setitimer(signal.ITIMER_PROF, seconds)  # of the processor's time, then this process is over
            more = [lambda share: answer(_TOLD, share)] if tells else []
            found = work(*given, *more)
        except EOFError:
            return
        except Exception as error:  # noqa: BLE001 - raised again where it was asked
            error.add_note("".join(traceback.format_tb(error.__traceback__)))
            answer(_FAILED, (type(error), error.args, vars(error)))
        else:
            answer(_DONE, found)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)


USUAL = Worker()
"""What a server has done beside it, but for what would hold up everybody else's."""

if __name__ == "__main__":
    _serve()
