"""The store of everything uploaded and computed; see `data.store.store.Store`."""

from data.store.audit import NOWHERE, Entry, Wanted
from data.store.members import Member, MemberRefusedError
from data.store.model import (
    Batch,
    BatchesInTheWayError,
    Document,
    InvalidSubmissionError,
    KeyTakenError,
    MovedError,
    NoSuchBatchError,
    ReadOnlyError,
    Scope,
    StaleError,
    StoreError,
    Submission,
    UnavailableError,
    UndoRefusedError,
)
from data.store.snapshots import Snapshot, SnapshotRefusedError
from data.store.store import MEASURE_KINDS, PROFILE_KINDS, Store, open_store, stands

__all__ = [
    "MEASURE_KINDS",
    "NOWHERE",
    "PROFILE_KINDS",
    "Batch",
    "BatchesInTheWayError",
    "Document",
    "Entry",
    "InvalidSubmissionError",
    "KeyTakenError",
    "Member",
    "MemberRefusedError",
    "MovedError",
    "NoSuchBatchError",
    "ReadOnlyError",
    "Scope",
    "Snapshot",
    "SnapshotRefusedError",
    "StaleError",
    "Store",
    "StoreError",
    "Submission",
    "UnavailableError",
    "UndoRefusedError",
    "Wanted",
    "open_store",
    "stands",
]
