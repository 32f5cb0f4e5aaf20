"""The site under attack, as processes and over HTTP: nothing takes it down, nothing is a 5xx."""
