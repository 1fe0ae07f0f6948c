"""Write rows of label, number and group, without a header and, for AutoML, with one."""

import pathlib
import random

generator = random.Random(0)
rows = []
for number in range(120):
    value, group = generator.random(), number % 2
    rows.append(f"{int(value > 0.5)},{value:.3f},{group}")
folder = pathlib.Path("/opt/ml/processing")
for name, header in (("train", []), ("named", ["sold,size,is_new"])):
    (folder / name / "rows.csv").write_text("\n".join([*header, *rows]) + "\n")
(folder / "features" / "rows.csv").write_text(
    "\n".join(row.partition(",")[2] for row in rows) + "\n"
)
