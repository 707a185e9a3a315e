"""Who may do what in a county: roles as data, and the one function that reads and changes ask."""

from data.access.current import as_server, current, operator, using
from data.access.model import Access, DeniedError, Grant, Townships, User, access, everything, roles, township_codes
from data.access.modes import Mode, ModeError, mode

__all__ = [
    "Access",
    "DeniedError",
    "Grant",
    "Mode",
    "ModeError",
    "Townships",
    "User",
    "access",
    "as_server",
    "current",
    "everything",
    "mode",
    "operator",
    "roles",
    "township_codes",
    "using",
]
