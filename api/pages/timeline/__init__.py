"""What was done, by whom, when and why; and notes."""
