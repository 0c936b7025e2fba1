"""The gateway, one folder a feature: how need, risk and priority are told, and what is recorded."""
