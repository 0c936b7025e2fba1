"""The workbench: a run is started, looked at as a picture and in tables, decided, compared, offered."""
