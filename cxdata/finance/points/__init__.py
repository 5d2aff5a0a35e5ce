"""What one point of churn, of NPS or of a driver is worth."""
