"""What an upload may cost; every bound of the intake stands here."""

from typing import Final

FILE_BYTES: Final = 20 * 1024**2
ROWS: Final = 300_000
COLUMNS: Final = 512
CELLS: Final = 12_000_000
CELL_CHARACTERS: Final = 32_767
"""The most Excel itself puts into a cell."""
ZIP_MEMBERS: Final = 2_000
ZIP_BYTES: Final = 600 * 1024**2
ZIP_RATIO: Final = 400
"""Unpacked over packed size; a sheet of one value repeated stays below 150."""
SHEETS: Final = 64
SECONDS: Final = 60.0
HEADER_SEARCH_ROWS: Final = 20
