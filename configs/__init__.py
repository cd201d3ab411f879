"""Recipes that ship with the package: YAML files that ``chainrule train`` runs as they are."""
