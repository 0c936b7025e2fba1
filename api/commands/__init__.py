"""One module for each command: what it does once its words are read. Opened only by the command that runs."""
