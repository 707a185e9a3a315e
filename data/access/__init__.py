"""Who may do what in a county: roles as data, and the one function that reads and changes ask."""

from data.access.model import Access, DeniedError, Grant, Mode, User, access, everything, roles

__all__ = ["Access", "DeniedError", "Grant", "Mode", "User", "access", "everything", "roles"]
