"""Files that take figures or the log out of the system: for those who may, and with an entry in the log."""

from collections.abc import Callable

from components.server.downloads import DownloadError
from components.server.identity import valid
from data import loaders, upload_words
from data.access import DeniedError, current, using
from data.language import Translator
from data.registry import County


def exported(
    county: County, form: str, make: Callable[[], bytes], _: Translator, *, needs: str = "export", **detail: object
) -> Callable[[], bytes]:
    """Return what makes a file when its button is pressed: in another thread, maybe long after the page was drawn.

    Parameters
    ----------
    form : what the file is, as the log has it.
    needs : the action it takes.
    detail : what it was made of, for the log.

    Notes
    -----
    What is made raises `DownloadError` for whoever may not have it any more.
    """
    now = current.get()
    user = now.user if now else None

    def made() -> bytes:
        try:
            return permitted()
        except DeniedError as error:
            raise DownloadError(upload_words.denied(error, _)) from error

    def permitted() -> bytes:
        if user is None:
            loaders.store().need(county.code, needs)
            return b""
        if not valid(user):
            raise DeniedError(needs)
        with using(loaders.access_of(user, county.slug)):
            loaders.need(county.slug, needs)
            body = make()
            loaders.store().record(county.code, "export", form, detail | {"bytes": len(body)})
        return body

    return made
