"""What every slice stands on and what knows no business noun."""
