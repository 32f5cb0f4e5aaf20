"""Settings: `production` is the one full file; `dev` and `test` change a few lines of it."""
