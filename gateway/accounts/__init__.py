"""Who may sign in: accounts, invitations, passwords, second factors, sessions and tokens."""
