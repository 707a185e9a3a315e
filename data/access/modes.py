"""How a deployment finds out who somebody is: one setting, `XIANJIE_ACCESS`."""

import os
from typing import Literal, cast, get_args

Mode = Literal["open", "oidc", "proxy"]
SETTING = "XIANJIE_ACCESS"


class ModeError(ValueError):
    """The setting names no mode; the message says which there are."""


def mode() -> Mode:
    """Return `open` (nobody is asked who they are), `oidc` (sign-in) or `proxy` (a gateway says it).

    Raises
    ------
    ModeError
        The setting is another word: guessing what was meant could open what should be closed.
    """
    chosen = os.environ.get(SETTING, "").strip() or "open"
    if chosen not in get_args(Mode):
        known = ", ".join(get_args(Mode))
        raise ModeError(f"{SETTING} 是“{chosen}”，应为其中之一： it is '{chosen}' and must be one of: {known}")
    return cast("Mode", chosen)
