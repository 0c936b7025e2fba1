"""Agreements between authorities: who bought what, who else may use how much, what of it is used and left."""
