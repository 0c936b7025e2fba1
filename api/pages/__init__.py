"""Pages, a folder a job: its handlers, frozen views and templates together; templates hold no logic."""
