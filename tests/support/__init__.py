"""Tools of the tests: a real PostgreSQL, the catalogue of words, the copied front-end files."""
