"""What an upload may cost; every bound of the intake stands here."""

from typing import Final

FILE_BYTES: Final = 20 * 1024**2
ROWS: Final = 300_000
COLUMNS: Final = 512
CELLS: Final = 12_000_000
CELL_CHARACTERS: Final = 32_767
"""The most Excel itself puts into a cell."""
SHEETS: Final = 256
BLOCKS: Final = 60
"""Tables below each other in one sheet; each is checked by itself."""
MERGES: Final = 100_000
READ_SECONDS: Final = 9
"""Of the processor's time, as are all seconds here: a busy machine refuses no file. For pages and OpenDocument, which
Python takes apart piece by piece; others take less by their size alone."""
SECONDS: Final = 60.0
LARGE_BYTES: Final = 2 * 1024**2
"""Files from here on have a process of their own: one that takes ten seconds holds up no small one."""
HEADER_SEARCH_ROWS: Final = 20

# Packed workbooks
ZIP_MEMBERS: Final = 2_000
ZIP_BYTES: Final = 256 * 1024**2
ZIP_RATIO: Final = 400
"""Unpacked over packed size; a sheet of one value repeated stays below 150."""
SPARSE_CELLS: Final = 2_000_000
SPARSE_SHARE: Final = 20
"""A worksheet that spans more than the first may be empty only in all but one of the second."""
ODD_SHEET_BYTES: Final = 32 * 1024**2
"""A worksheet spelled otherwise than programs spell it is read event by event, so it may be only this large."""
TEXT_BYTES: Final = 100 * 1024**2
"""All cells of a workbook together; a text kept once may be named by any number of cells."""

# XLS: the reader lays out all sheets at once
XLS_RECORDS: Final = 6_000_000
XLS_CELLS: Final = 4_000_000
"""20 MB hold some two million cells; what spans more is mostly nothing."""

# Web pages
PAGE_DEPTH: Final = 24
PAGE_PIECE: Final = 16 * 1024
PAGE_PENDING: Final = 1024**2
"""So long may one tag be."""
