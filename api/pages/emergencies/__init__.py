"""The duty manager's emergency: declared in three steps, followed down to nobody, ended."""
