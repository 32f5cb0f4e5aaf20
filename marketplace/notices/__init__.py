"""Messages in the app and by mail."""
