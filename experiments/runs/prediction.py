"""What a trained network says about the samples in a file, as a table."""

import csv
import io
from pathlib import Path

import numpy as np
import scipy

from ...data import Preparation
from ...layers.core import Array
from ...losses import BCEWithLogitsLoss, CrossEntropyLoss
from ...losses.class_loss import ClassLoss
from ..tasks import Experiment

__all__ = ["predict_file", "table_of"]


def predict_file(experiment: Experiment, path: str | Path, preparation: Preparation | None = None) -> str:
    """Return a CSV with one row for each sample in a file: a table (.csv), arrays (.npz, .npy) or an image.

    The samples are prepared as the training data were; ``preparation`` says how, None: as the experiment's data.

    Raises: DataFileError for a file that can not be read, ShapeError for samples that do not suit the network.
    """
    preparation = preparation or experiment.loader.dataset.preparation
    x, wanted = preparation.read(Path(path)), experiment.loader.dataset.x.dtype
    if x.dtype.kind in "iu" and wanted.kind == "f":
        x = x.astype(wanted)
    return table_of(experiment, experiment.predict(x), preparation)


def table_of(experiment: Experiment, prediction: Array, preparation: Preparation) -> str:
    """Return predictions as a CSV.

    Of classes the likeliest, and the probability of each (for a loss that gives none, the score); of a yes or no, with
    BCEWithLogitsLoss, the probability; of numbers the numbers, in the units of the data.
    """
    loss = experiment.trainer.loss
    if isinstance(loss, ClassLoss) and prediction.ndim == 2:
        names = preparation.classes or tuple(map(str, range(prediction.shape[1])))
        scores = scipy.special.softmax(prediction, axis=1) if isinstance(loss, CrossEntropyLoss) else prediction
        likeliest = [names[index] for index in prediction.argmax(axis=1)]
        rows = [[name, *row] for name, row in zip(likeliest, scores.tolist(), strict=True)]
        return _csv(["prediction", *names], rows)
    if isinstance(loss, BCEWithLogitsLoss):
        prediction = scipy.special.expit(prediction)
    else:
        prediction = preparation.answer(prediction)
    numbers = np.asarray(prediction).reshape(len(prediction), -1)
    what = "probability" if isinstance(loss, BCEWithLogitsLoss) else "prediction"
    header = [what] if numbers.shape[1] == 1 else [f"{what}_{index}" for index in range(numbers.shape[1])]
    return _csv(header, numbers.tolist())


def _csv(header: list[str], rows: list[list[object]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()
