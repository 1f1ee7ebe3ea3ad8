"""Small services to try the contracts on: shaped like the real ones, with a handful of facts."""
