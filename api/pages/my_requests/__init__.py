"""A run's plan asks a provider to have a unit for others: the provider agrees, or says why not."""
