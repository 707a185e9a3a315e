"""One site for all tests of this folder: two processes on one store, nginx before them, as a county has them."""

from collections.abc import Iterator

import pytest
from support import nginx
from support.server import running
from support.site import Site


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Run it once for all tests of this process."""
    home = tmp_path_factory.mktemp("site")
    trusted = {"XIANJIE_TRUSTED_PROXIES": "127.0.0.1"}  # so that a forged user who came through would be believed
    with (
        running(home, trusted | {"XIANJIE_COUNTIES": "banan,wanzhou"}) as first,
        running(home, trusted | {"XIANJIE_COUNTIES": "mouding"}) as second,
        nginx.before(tmp_path_factory.mktemp("nginx"), [first.port, second.port]) as gateway,
    ):
        yield Site(first, second, gateway)
