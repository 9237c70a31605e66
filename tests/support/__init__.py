"""What several tests need: worlds, processes, pages. A test module is imported by nobody."""
