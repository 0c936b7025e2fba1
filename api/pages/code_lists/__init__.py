"""What a referral may hold, the reasons that may be given, and what ends by itself and when."""
