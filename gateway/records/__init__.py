"""What was done, by whom, when and why: every write has its event, and none can be changed afterwards."""
