"""Charts of each action area's own field, below what all areas share."""
