"""What the public is told: how allocation works, what is kept about people, how accessible the pages are."""
