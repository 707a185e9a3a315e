"""The door of a guarded store: each method that reads or changes a county says what it asks for, and asks it first."""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from data.tables import PERSONAL

if TYPE_CHECKING:
    from data.store.store import Store

P = ParamSpec("P")
T = TypeVar("T")

Method = Callable[Concatenate["Store", str, P], T]


def asks(action: str) -> Callable[[Method[P, T]], Method[P, T]]:
    """Let a method whose first argument is a county ask for an action there."""

    def decorate(method: Method[P, T]) -> Method[P, T]:
        @wraps(method)
        def asked(store: "Store", county_code: str, /, *args: P.args, **kwargs: P.kwargs) -> T:
            store.need(county_code, action)
            return method(store, county_code, *args, **kwargs)

        return asked

    return decorate


def asks_for_rows(method: Method[Concatenate[str, P], T]) -> Method[Concatenate[str, P], T]:
    """Let a method whose arguments begin with county and table ask for the rows of that table."""

    @wraps(method)
    def asked(store: "Store", county_code: str, table: str, /, *args: P.args, **kwargs: P.kwargs) -> T:
        store.need(county_code, "view")
        # Who may not see rows of people may at most hold a file against them.
        if table in PERSONAL and not store.may(county_code, "persons"):
            store.need(county_code, "upload")
        return method(store, county_code, table, *args, **kwargs)

    return asked
