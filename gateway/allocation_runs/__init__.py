"""From what stands to a problem, from a plan to proposals, from decisions to offers; emergencies."""
