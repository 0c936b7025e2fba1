"""Everything that was done, for auditors: filtered, one with its reason, and whether the chain holds."""
