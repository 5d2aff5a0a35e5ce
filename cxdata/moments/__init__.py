"""Which moments decide whether customers stay: experiences before the decision, paths, disconnections."""
