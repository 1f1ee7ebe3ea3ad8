"""Reports on complaints (F6): what came, what was settled and when, what is late; by province, board, category and week.

`figures` counts in the database, `report` adds them up and gives them names, `as_csv`, `as_xlsx` and `charts` write them down,
`periodic` makes the ones of each week and month by the clock and keeps them.
"""
