"""Where the company stands: what customers bring, cost and are still worth."""
