"""Rules of recognition and registration, as pure functions over plain facts."""
