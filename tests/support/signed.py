"""Sign-in settings for a test, and the cookie that Streamlit would sign for somebody who came from a provider."""

import json
import time
from pathlib import Path
from typing import Any

from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

SECRET = "a-test-signs-cookies-with-these-forty-chars"
ORIGIN = "http://dashboard.example"
# 127.0.0.1 is the gateway that says who users are, 127.0.0.2 is anybody.
GATEWAY = {"XIANJIE_ACCESS": "proxy", "XIANJIE_TRUSTED_PROXIES": "127.0.0.1", "FORWARDED_ALLOW_IPS": "127.0.0.9"}
_SETTINGS = """
[auth]
redirect_uri = "{origin}/oauth2callback"
cookie_secret = "{secret}"
[auth.city]
label = "市统一认证"
label_en = "the city's sign-in"
client_id = "xianjie"
client_secret = "between-the-two"
server_metadata_url = "{provider}/.well-known/openid-configuration"
[auth.county-hall]
client_id = "xianjie"
client_secret = "between-the-two"
server_metadata_url = "http://127.0.0.1:1/.well-known/openid-configuration"
"""


def oidc_home(home: Path, origin: str = ORIGIN, provider: str = "http://127.0.0.1:1") -> dict[str, str]:
    """Write `secrets.toml` into a home; return the settings of a server that reads it."""
    secrets = home / "secrets.toml"
    secrets.write_text(_SETTINGS.format(origin=origin, secret=SECRET, provider=provider), "utf-8")
    return {"XIANJIE_ACCESS": "oidc", "STREAMLIT_SECRETS_FILES": str(secrets)}


def cookie(sub: str, /, *, secret: str = SECRET, **claims: Any) -> dict[str, str]:
    """Return the header with the cookie of somebody signed in for ten minutes; a claim of None is left out."""
    told = {"origin": ORIGIN, "is_logged_in": True, "provider": "city", "sub": sub, "name": sub.title()}
    told = {**told, "exp": time.time() + 600, **claims}
    told = {name: value for name, value in told.items() if value is not None}
    signed = create_signed_value(secret, "_streamlit_user", json.dumps(told))
    return {"Cookie": f"_streamlit_user={signed.decode()}"}
