"""What people are told: drawn from the events in the order of the chain, so that nothing is told twice."""
