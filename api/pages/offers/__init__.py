"""Offers that are out: who is to answer by when, what was answered, what an officer does about it."""
