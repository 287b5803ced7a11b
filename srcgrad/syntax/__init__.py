"""Trees: building, copying, renaming and printing them."""
