"""A county's own template: what is wrong with one that cannot be used."""

from data.language import Translator


class TemplateError(ValueError):
    """A file that cannot be written into; `text` and `values` allow the message to be translated."""

    def __init__(self, text: str, **values: object) -> None:
        super().__init__(text.format(**values))
        self.text = text
        self.values = values

    def told(self, _: Translator) -> str:
        """Return what is wrong and what to do, in the translator's language."""
        return _(self.text, **self.values)
