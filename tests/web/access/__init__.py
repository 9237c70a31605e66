"""Of each area of the staff pages: who may open which address, with what in it."""
