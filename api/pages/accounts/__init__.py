"""An administrator sees to accounts: invitations, roles, suspended and closed, second factors."""
