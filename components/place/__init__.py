"""The page of one village or township: finding it, it at a glance, its records, several side by side."""
