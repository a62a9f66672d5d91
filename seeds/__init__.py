"""Reads the CSV files of seeds/ into the database. The command is `load_seeds`."""
