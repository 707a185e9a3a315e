"""The file of a format from what it says: which writer makes which, each loaded by who needs it."""

from io import BytesIO
from pathlib import Path

from data.briefing.model import Briefing
from geo.boundaries import Boundaries


def written(briefing: Briefing, boundaries: Boundaries, form: str, template: Path | None = None) -> bytes:
    """Return the file of a briefing.

    Parameters
    ----------
    boundaries : shapes of its maps.
    form : docx, pptx, xlsx, townships or html.
    template : the county's own .docx or .pptx, where the format takes one.

    Raises
    ------
    data.briefing.errors.DocumentError
        The template cannot be used, or this machine has no font to draw with.
    """
    # Together the libraries take longer to load than a small briefing to write.
    out = BytesIO()
    match form:
        case "docx":
            from data.briefing import word  # noqa: PLC0415

            word.write(briefing, boundaries, out, template)
        case "pptx":
            from data.briefing import slides  # noqa: PLC0415

            slides.write(briefing, boundaries, out, template)
        case "xlsx" | "townships":
            from data.briefing import workbook  # noqa: PLC0415

            workbook.write(briefing, out)
        case "html":
            from data.briefing import offline  # noqa: PLC0415

            offline.write(briefing, boundaries, out)
        case _:
            raise ValueError(f"no format {form}")
    return out.getvalue()
