"""The signed-in shell: to-do list, menu, review queue."""
