"""Backups that outlive a machine: one file for either database, restored into an empty place, every row compared."""

from data.backup.errors import BackupError
from data.backup.work import Copied, Kept, back_up, copy_store, restore

__all__ = ["BackupError", "Copied", "Kept", "back_up", "copy_store", "restore"]
