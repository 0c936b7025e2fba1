"""What the record shows when it is counted, and how allocation works, told openly."""
