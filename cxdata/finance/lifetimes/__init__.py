"""How long customers stay and what they will still bring: fitted curves and purchase models."""
