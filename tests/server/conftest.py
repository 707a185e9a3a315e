"""One running server per way of finding out who somebody is, shared by all attacks."""

from collections.abc import Iterator

import pytest
from support.server import Server, running
from support.signed import GATEWAY, oidc_home


@pytest.fixture(scope="session")
def behind_gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve an empty store behind a gateway."""
    home = tmp_path_factory.mktemp("gateway")
    with running(home, GATEWAY) as server:
        yield server


@pytest.fixture(scope="session")
def signing_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve an empty store with sign-in; the providers it names do not answer."""
    home = tmp_path_factory.mktemp("oidc")
    with running(home, oidc_home(home)) as server:
        yield server


@pytest.fixture(scope="session")
def beside_it(signing_in: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve the same store from a second process, as where counties are spread over several."""
    settings = {"XIANJIE_ACCESS": "oidc", "STREAMLIT_SECRETS_FILES": str(signing_in.home / "secrets.toml")}
    store = {"XIANJIE_DATABASE_URL": f"sqlite:///{signing_in.home / 'store.db'}"}
    with running(tmp_path_factory.mktemp("beside"), settings | store) as server:
        yield server
