"""The public shell: home, search over everything, sitemap, help."""
