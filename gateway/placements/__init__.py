"""Offers, holds on units, moving in, moving on. The database forbids two holders of one unit."""
