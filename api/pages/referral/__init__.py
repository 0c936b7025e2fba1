"""One referral as an officer works on it: what was told, who it may be, its score, what can be done."""
