"""技术需求: what enterprises look for. The reference slice."""
