"""Why something cannot be backed up or restored, in words for who looks after the server."""

from data.language import N_, Translator

NOT_THE_OWNER = N_(
    "This account does not own the tables and sees nothing of counties it does not name: nothing was written. Set "
    "XIANJIE_DATABASE_OWNER_URL to the account that owns them."
)


class BackupError(Exception):
    """Nothing was backed up, restored or moved.

    Parameters
    ----------
    text
        What is wrong and what to do, in English, marked for the catalogue.
    values
        What it names.
    """

    def __init__(self, text: str, **values: object) -> None:
        super().__init__(text.format(**values))
        self.text, self.values = text, values

    def told(self, _: Translator) -> str:
        """Return the message in the translator's language."""
        return _(self.text, **self.values)
