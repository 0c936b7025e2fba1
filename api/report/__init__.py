"""What an allocation means, told to a person: at a terminal, and on one page for a duty manager."""
