"""The official register from a file: `columns` reads cells, `plan` says what each row becomes, `runs` are the jobs."""
