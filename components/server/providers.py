"""The identity providers that `secrets.toml` names, checked before the server starts."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import streamlit as st
from streamlit.auth_util import get_redirect_uri, get_secrets_auth_section
from streamlit.errors import StreamlitSecretNotFoundError

CALLBACK = "/oauth2callback"
_SHORTEST_SECRET = 32
_NEEDED = ("client_id", "client_secret", "server_metadata_url")
_ONLY = "default"


class SettingsError(ValueError):
    """Sign-in is not set up right; the message says what is missing where."""


@dataclass(frozen=True)
class Provider:
    """Somebody who vouches for users: `name` as in `[auth.name]`, and what its button says."""

    name: str
    zh: str
    en: str

    def label(self, lang: str) -> str:
        """Return what its button says."""
        return self.zh if lang == "zh" else self.en


@cache
def providers() -> tuple[Provider, ...]:
    """Return the providers in the order of the file.

    Raises
    ------
    SettingsError
        The file is missing or cannot be read, or something in it is.
    """
    files = ", ".join(st.get_option("secrets.files"))
    try:
        auth: Mapping[str, Any] = st.secrets["auth"]
    except StreamlitSecretNotFoundError as error:
        raise SettingsError(
            f"XIANJIE_ACCESS=oidc：读不到 secrets.toml（{files}）。 It cannot be read: {error}"
        ) from None
    except KeyError:
        raise SettingsError(f"secrets.toml（{files}）没有 [auth]。 It has no section [auth].") from None
    named = {key: value for key, value in auth.items() if isinstance(value, Mapping) and key != "client_kwargs"}
    found = named or {_ONLY: auth}
    problems = [*_of_all(auth), *(line for name, section in found.items() for line in _of_one(name, section))]
    if problems:
        raise SettingsError("\n".join((f"secrets.toml（{files}）：", *problems)))
    return tuple(_provider(name, section) for name, section in found.items())


def _provider(name: str, section: Mapping[str, Any]) -> Provider:
    zh = str(section.get("label") or ("统一身份认证" if name == _ONLY else name))
    return Provider(name, zh, str(section.get("label_en") or ("Sign in" if name == _ONLY else name)))


def _of_all(auth: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with what all providers share."""
    problems = []
    redirect = urlsplit(get_redirect_uri(get_secrets_auth_section()) or "")
    if redirect.scheme not in ("http", "https") or not redirect.hostname or redirect.path != CALLBACK:
        problems.append(
            f"[auth] redirect_uri 应为看板的完整地址加 {CALLBACK}， must be the dashboard's address and {CALLBACK}, "
            f"such as https://xianjie.example{CALLBACK}"
        )
    if len(str(auth.get("cookie_secret", ""))) < _SHORTEST_SECRET:
        problems.append(
            f"[auth] cookie_secret 至少 {_SHORTEST_SECRET} 个随机字符， needs {_SHORTEST_SECRET} random characters: "
            'python3 -c "import secrets; print(secrets.token_hex(32))"'
        )
    return problems


def _of_one(name: str, section: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with one provider."""
    where = "[auth]" if name == _ONLY else f"[auth.{name}]"
    problems = [f"{where} 缺少 lacks {key}" for key in _NEEDED if not str(section.get(key, "")).strip()]
    # Streamlit takes a name apart at underscores.
    if not all(part.isalnum() for part in name.split("-")) or not name.isascii():
        problems.append(f"{where} 名称只用字母、数字和连字符 a name has letters, digits and hyphens only")
    return problems
