"""One running server per way of finding out who somebody is, shared by all attacks."""

from collections.abc import Iterator

import pytest
from support.server import Server, running
from support.signed import oidc_home


@pytest.fixture(scope="session")
def behind_gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve an empty store; 127.0.0.1 is the gateway that says who users are, 127.0.0.2 is anybody."""
    home = tmp_path_factory.mktemp("gateway")
    settings = {"XIANJIE_ACCESS": "proxy", "XIANJIE_TRUSTED_PROXIES": "127.0.0.1", "FORWARDED_ALLOW_IPS": "127.0.0.9"}
    with running(home, settings) as server:
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
