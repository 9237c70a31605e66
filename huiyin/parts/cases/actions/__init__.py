"""The only writer of letters: each function is one action in one transaction, in life's order."""
