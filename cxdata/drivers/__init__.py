"""Which experiences go with renewal or churn, and how sure that is."""
