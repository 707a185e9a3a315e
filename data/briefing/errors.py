"""Why a document cannot be written, in words for the person who asked for it."""

from data.language import Translator


class DocumentError(Exception):
    """A document cannot be written; `text` and `values` allow the message to be translated."""

    def __init__(self, text: str, **values: object) -> None:
        super().__init__(text.format(**values))
        self.text = text
        self.values = values

    def told(self, _: Translator) -> str:
        """Return what is wrong and what to do, in the translator's language."""
        return _(self.text, **self.values)


class TemplateError(DocumentError):
    """The county's template cannot be written into."""
