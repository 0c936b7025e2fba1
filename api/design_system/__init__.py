"""How every page looks: the layout, GOV.UK Frontend's macros, style and script; a view rendered."""
