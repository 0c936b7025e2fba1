"""Who lives with a provider, comes, is due for review, is ready to move on; what is recorded of them."""
