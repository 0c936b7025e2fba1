"""Who may come in: signing in, sessions and tokens; what each role may do; which rows somebody can reach."""
