"""The store of everything uploaded and computed; see `data.store.store.Store`."""

from data.store.audit import NOWHERE, Entry, Wanted
from data.store.members import Member, MemberRefusedError
from data.store.model import (
    Batch,
    BatchesInTheWayError,
    DiskFullError,
    Document,
    InvalidSubmissionError,
    KeyTakenError,
    MovedError,
    NewerDataError,
    NoSuchBatchError,
    ReadOnlyError,
    Scope,
    StaleError,
    StoreError,
    Submission,
    UnavailableError,
    UndoRefusedError,
)
from data.store.revisions import BANDS, TARGETS, BandRevision, TargetRevision
from data.store.snapshots import Snapshot, SnapshotRefusedError
from data.store.store import MEASURE_KINDS, PROFILE_KINDS, Store, address, open_store, owner_address, stands

__all__ = [
    "BANDS",
    "MEASURE_KINDS",
    "NOWHERE",
    "PROFILE_KINDS",
    "TARGETS",
    "BandRevision",
    "Batch",
    "BatchesInTheWayError",
    "DiskFullError",
    "Document",
    "Entry",
    "InvalidSubmissionError",
    "KeyTakenError",
    "Member",
    "MemberRefusedError",
    "MovedError",
    "NewerDataError",
    "NoSuchBatchError",
    "ReadOnlyError",
    "Scope",
    "Snapshot",
    "SnapshotRefusedError",
    "StaleError",
    "Store",
    "StoreError",
    "Submission",
    "TargetRevision",
    "UnavailableError",
    "UndoRefusedError",
    "Wanted",
    "address",
    "open_store",
    "owner_address",
    "stands",
]
