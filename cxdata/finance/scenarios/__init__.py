"""What would change, as a small file: checked, kept, compared, and written out."""
