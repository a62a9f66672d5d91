"""Tables that a person pastes from a spreadsheet or a CSV file: read, looked at, then saved whole.

`reading` makes lines of cells, `cells` reads what a cell says, `plans` holds what a saving would
make and what is wrong, `pages` is the page with both steps.
"""
