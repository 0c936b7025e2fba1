"""One's own account: password, second factor, where one is signed in."""
