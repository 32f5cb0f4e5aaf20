"""The REST shell: router, authentication, throttles, schema."""
