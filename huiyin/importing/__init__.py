"""Letters out of spreadsheets: read (sheets), understood (mapping, rows), then filed (load)."""
