"""Run in canaille's own environment: make the dashboard's client, or an account, without a secret on a command line."""

import getpass
import os
import sys
from typing import Any

from canaille import create_app
from canaille.app import models
from canaille.backends import Backend

SHORTEST = 10


def client(dashboard: str, secret: str) -> Any:
    """Return the dashboard as the provider knows it; its people are not asked for consent."""
    return models.Client(
        client_id="xianjie",
        client_name="衔接看板",
        client_uri=dashboard,
        client_secret=secret,
        redirect_uris=[f"{dashboard}/oauth2callback"],
        post_logout_redirect_uris=[f"{dashboard}/oauth2callback"],
        grant_types=["authorization_code"],
        response_types=["code"],
        scope=["openid", "profile", "email"],
        token_endpoint_auth_method="client_secret_basic",  # noqa: S106 - the name of a method
        audience=[],
    )


def user(account: str, name: str) -> Any:
    """Return an account with the password given on standard input."""
    if Backend.instance.get(models.User, user_name=account):
        sys.exit(f"账号 {account} 已存在。 The account exists already.")
    password = getpass.getpass("密码 Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    if len(password) < SHORTEST:
        sys.exit(f"密码至少 {SHORTEST} 个字符。 A password has at least {SHORTEST} characters.")
    return models.User(user_name=account, formatted_name=name, family_name=name, password=password)


def main() -> None:
    """Make what the command line asks for."""
    with create_app().app_context(), Backend.instance.session():
        if sys.argv[1] == "user":
            made = user(sys.argv[2], sys.argv[3])
        else:
            made = client(os.environ["PROVISION_DASHBOARD"], os.environ["PROVISION_SECRET"])
        Backend.instance.save(made)
        if sys.argv[1] != "user":
            made.audience = [made]
            Backend.instance.save(made)


if __name__ == "__main__":
    main()
