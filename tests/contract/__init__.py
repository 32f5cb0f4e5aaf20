"""Whether the API does what its schema says: `make api-test`."""
