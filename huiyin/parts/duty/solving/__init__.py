"""The solver: a pure module on OR-Tools CP-SAT. It knows days, shifts and people, not Django."""
