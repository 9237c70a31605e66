"""The pages of duty: planning, the shift, the reception desk, and the views of it all."""
