"""Who somebody is: one person, many referrals; duplicates, exclusions, restrictions, consent, safety."""
