"""A site as a county has it: two processes on one store, nginx before them."""

from dataclasses import dataclass

from support import nginx
from support.server import Server


@dataclass(frozen=True)
class Site:
    """The two processes, of which the second has 牟定, and nginx."""

    first: Server
    second: Server
    gateway: nginx.Gateway
