"""Where rows are kept: the unit of work, sealed columns and migrations, on SQLite and PostgreSQL."""
