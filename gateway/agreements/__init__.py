"""Who buys how many units at what price, who else may use how many; from these the quotas and the ledgers."""
