import argparse
import pathlib

import numpy as np
import pandas as pd

parser = argparse.ArgumentParser()
parser.add_argument("--rows", type=int)
rows = parser.parse_args().rows
x = np.linspace(0, 1, rows)
data = pd.DataFrame({"y": 3 * x + 1, "x": x})
for name, part in (("train", data[::2]), ("test", data[1::2])):
    part.to_csv(pathlib.Path("/opt/ml/processing", name, "rows.csv"), index=False, header=False)
