"""The meeting kit: what a county reports to its leaders, as Word bulletin, slides, workbook and offline page.

`facts` collects what the engine says, `compose` makes sentences, tables, charts and maps of it (`model`), and one
module per format writes it down. A number is written by `ledger` only, so that every figure can be traced.
"""
