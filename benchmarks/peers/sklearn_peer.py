"""scikit-learn's logistic regression, as a peer of the benchmarks.

`dotnet run -c Release --project benchmarks/Dcsm.Benchmarks -- compare --only probe` starts it with a folder, and speaks to it as to
dcsm_peer.py: `load probe`, `check probe` (which looks for the loosest tolerance whose objective is as low as the one that it is given,
and writes objective, steps and tolerance), `run probe` (a fit with that tolerance). Only numpy and scikit-learn are needed.
"""

import json
import os
import struct
import sys
import time
import warnings

import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression


def read_safetensors(path):
    with open(path, "rb") as file:
        data = file.read()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    return {
        name: np.frombuffer(data, "<f4", (entry["data_offsets"][1] - entry["data_offsets"][0]) // 4, 8 + length + entry["data_offsets"][0])
        .reshape(entry["shape"])
        .copy()
        for name, entry in header.items()
    }


class Probe:
    def __init__(self, tensors, settings):
        self.x = tensors["features"].astype(np.float64)
        self.y = tensors["labels"].astype(np.int64)
        self.settings = settings
        self.tol = 1.0

    def fit(self):
        model = LogisticRegression(C=self.settings["c"], tol=self.tol, max_iter=self.settings["most"], solver="lbfgs")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return model.fit(self.x, self.y)

    def objective(self, model):
        logits = self.x @ model.coef_.T + model.intercept_
        top = logits.max(axis=1, keepdims=True)
        logs = logits - top - np.log(np.exp(logits - top).sum(axis=1, keepdims=True))
        return 0.5 * (model.coef_**2).sum() - self.settings["c"] * logs[np.arange(len(self.y)), self.y].sum()

    def check(self):
        for exponent in range(3, -9, -1):
            self.tol = 10.0**exponent
            model = self.fit()
            found = self.objective(model)
            if found <= self.settings["objective"]:
                break
        return [found, float(np.max(model.n_iter_)), self.tol]


def main():
    folder = sys.argv[1]
    works = {}
    print(json.dumps({"sklearn": sklearn.__version__, "numpy": np.__version__}), flush=True)
    for line in sys.stdin:
        command, name = line.split()
        start = time.perf_counter()
        if command == "load":
            with open(os.path.join(folder, name + ".json"), encoding="utf-8") as file:
                settings = json.load(file)
            works[name] = Probe(read_safetensors(os.path.join(folder, name + ".safetensors")), settings)
        elif command == "check":
            result = works[name].check()
            with open(os.path.join(folder, name + ".out"), "wb") as file:
                file.write(struct.pack(f"<{len(result)}f", *result))
        else:
            works[name].fit()
        print(json.dumps({"seconds": time.perf_counter() - start}), flush=True)


if __name__ == "__main__":
    main()
