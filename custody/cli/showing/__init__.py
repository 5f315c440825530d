"""What people are shown of cases and exhibits."""
