"""What a wheel has besides the files of the tree: compiled translations."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Messages(BuildHookInterface):  # type: ignore[type-arg]
    """Compiles each catalogue into the wheel; an editable installation has them from `make`."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the compiled files, which git does not know."""
        if version == "editable":
            return
        root = Path(self.root)
        sys.path.insert(0, str(root / "tools"))
        from messages import catalogues, compile_messages

        sources = catalogues(root)
        if not sources:
            raise FileNotFoundError(f"no translations below {root}")
        for compiled in map(compile_messages, sources):
            build_data["force_include"][str(compiled)] = str(compiled.relative_to(root))
