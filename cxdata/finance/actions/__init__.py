"""Did an improvement action work? Before and after, beside those whom it did not reach."""
