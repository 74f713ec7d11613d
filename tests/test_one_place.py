#!/usr/bin/env python3
"""one_place.py finds a name that stands in a second place, and a table that is gone."""

import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import one_place

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        for table in one_place.TABLES:
            (root / table).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / table, root / table)
        assert one_place.faults(root) == []
        assert {"clock", "mean_memory", "weight_change", "shc"} <= set(one_place.names(root, "rdm/scoring/detectors.cpp"))
        assert {"sgld", "replica"} <= set(one_place.names(root, "rdm/proposition/sampler.cpp"))
        (root / "cli").mkdir()
        (root / "cli/page.cpp").write_text('if (name == "clock" || name == "sgld") {}\n', encoding="utf-8")
        assert [fault.split(":")[0] for fault in one_place.faults(root)] == ["cli/page.cpp", "cli/page.cpp"]
        (root / "rdm/proposition/sampler.cpp").write_text("", encoding="utf-8")
        assert any("has the table moved" in fault for fault in one_place.faults(root))
    return 0


if __name__ == "__main__":
    sys.exit(main())
