"""The search engine: schema, analysis, queries, backends. It knows no business noun."""
