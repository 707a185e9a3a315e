"""Files that take figures or the log out of the system: for those who may, and with an entry in the log."""

from collections.abc import Callable

from data import loaders
from data.access import current, using
from data.registry import County


def exported(
    county: County, form: str, make: Callable[[], bytes], *, needs: str = "export", **detail: object
) -> Callable[[], bytes]:
    """Return what makes a file when its button is pressed: in another thread, maybe long after the page was drawn.

    Parameters
    ----------
    form : what the file is, as the log has it.
    needs : the action it takes.
    detail : what it was made of, for the log.
    """
    now = current.get()
    user = now.user if now else None

    def made() -> bytes:
        if user is None:
            loaders.store().need(county.code, needs)
            return b""
        with using(loaders.access_of(user, county.slug)):
            loaders.need(county.slug, needs)
            body = make()
            loaders.store().record(county.code, "export", form, detail | {"bytes": len(body)})
        return body

    return made
