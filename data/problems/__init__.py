"""Problems from being found to being closed: how each stands, what may be done with it, and its course."""
