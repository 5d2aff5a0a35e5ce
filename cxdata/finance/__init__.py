"""What customers are worth, and what a change in retention would be worth."""
