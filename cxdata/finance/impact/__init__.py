"""What a change is worth: one joint counterfactual on every customer, in money, with its uncertainty."""
