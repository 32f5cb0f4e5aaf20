"""Rules of the product, each broken on purpose: `make mutants` names those that no test notices."""
