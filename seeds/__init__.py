"""Reference data as CSV files, and the code of `load_seeds`, which reads them into the database."""
