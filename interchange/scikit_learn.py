"""Networks as scikit-learn estimators, for its pipelines, searches and scores; needs the extra ``sklearn``."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from typing import Any, Self

import numpy as np
import scipy

from .. import layers, optim
from ..data import ArrayDataset, DataLoader, Standardize
from ..layers.core import Array, Buffer, Layer, UnknownNameError, get_rng_state, manual_seed, set_rng_state
from ..losses import CrossEntropyLoss, Loss, MSELoss
from ..models.zoo import mlp
from ..training import Callback, EarlyStopping, Progress, Trainer, predict

try:
    from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
    from sklearn.utils import check_random_state
    from sklearn.utils.class_weight import compute_class_weight
    from sklearn.utils.multiclass import check_classification_targets
    from sklearn.utils.validation import check_is_fitted, validate_data
except ImportError as missing:
    raise ImportError("chainrule.interchange.scikit_learn needs scikit-learn 1.6 or newer; "
                      "pip install 'chainrule[sklearn]'") from missing

__all__ = ["ChainruleClassifier", "ChainruleRegressor"]


class NetworkEstimator(BaseEstimator):
    """What classifier and regressor share: making the network, training it, and asking it.

    Parameters are kept as they are given and looked at in ``fit``, as scikit-learn wants it.
    """

    def __init__(self, hidden_layer_sizes: Sequence[int] = (100,), activation: str = "ReLU", *, dropout: float = 0.0,
                 network: Callable[[int, int], Layer] | None = None, loss: Loss | None = None,
                 optimizer: str = "Adam", learning_rate: float = 1e-3,
                 optimizer_options: Mapping[str, Any] | None = None, epochs: int = 200, batch_size: int | None = 32,
                 standardize: bool = True, early_stopping: bool = False, validation_fraction: float = 0.1,
                 patience: int = 10, callbacks: Iterable[Callback] = (),
                 random_state: int | np.random.RandomState | None = None, verbose: int = 0) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.dropout = dropout
        self.network = network
        self.loss = loss
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.optimizer_options = optimizer_options
        self.epochs = epochs
        self.batch_size = batch_size
        self.standardize = standardize
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.callbacks = callbacks
        self.random_state = random_state
        self.verbose = verbose

    def _train(self, x: Array, y: Array, outputs: int, loss: Loss, stratify: bool) -> Self:
        """Train a new network on checked arrays; the package's own generator stays where it is."""
        before = get_rng_state()
        try:
            manual_seed(int(check_random_state(self.random_state).randint(2**31 - 1)))
            self.scaler_ = Standardize().fit(x) if self.standardize else None
            self.network_ = self._network(x.shape[1], outputs).astype(x.dtype)
            data, validation = ArrayDataset(self._scaled(x), y), None
            if self.early_stopping:
                data, validation = data.split(self.validation_fraction, stratify=stratify)
            optimizer = _named(self.optimizer, optim, optim.Optimizer, "optimizer")(
                self.network_.parameters(), lr=self.learning_rate, **(self.optimizer_options or {}))
            callbacks = deepcopy(list(self.callbacks))
            if self.early_stopping:
                callbacks.append(EarlyStopping(patience=self.patience))
            if self.verbose:
                callbacks.append(Progress(self.verbose))
            trainer = Trainer(self.network_, loss, optimizer, callbacks=callbacks)
            self.history_ = trainer.fit(DataLoader(data, self.batch_size, shuffle=True), self.epochs, validation).rows
            self.n_iter_ = len(self.history_)
        finally:
            set_rng_state(before)
        return self

    def _network(self, inputs: int, outputs: int) -> Layer:
        if self.network is not None:
            return self.network(inputs, outputs)
        activation = _named(self.activation, layers, Layer, "activation")
        return mlp([inputs, *self.hidden_layer_sizes, outputs], activation, self.dropout)

    def _scaled(self, x: Array) -> Array:
        return x if self.scaler_ is None else self.scaler_.transform(x)

    def _answers(self, x: Any) -> Array:
        """Return the network's output for what a caller of ``predict`` passes."""
        check_is_fitted(self)
        return predict(self.network_, self._scaled(validate_data(self, x, reset=False, dtype=_DTYPES)))


class ChainruleClassifier(ClassifierMixin, NetworkEstimator):
    """A network as a scikit-learn classifier: ``fit``, ``predict``, ``predict_proba``, ``score``.

    The network is an ``mlp`` with ``hidden_layer_sizes``, or what ``network(features, classes)`` returns. Features are
    standardised, unless ``standardize=False``. ``class_weight`` is "balanced" or a dict, as in scikit-learn.

    Shapes:
        X: (N, features)
        y: (N,), labels of any kind

    Attributes:
        classes_:  the labels, in the order of the network's scores
        network_:  the trained network, a Layer
        history_:  one row for each epoch
        n_iter_:   epochs done
    """

    def __init__(self, hidden_layer_sizes: Sequence[int] = (100,), activation: str = "ReLU", *, dropout: float = 0.0,
                 network: Callable[[int, int], Layer] | None = None, loss: Loss | None = None,
                 optimizer: str = "Adam", learning_rate: float = 1e-3,
                 optimizer_options: Mapping[str, Any] | None = None, epochs: int = 200, batch_size: int | None = 32,
                 standardize: bool = True, early_stopping: bool = False, validation_fraction: float = 0.1,
                 patience: int = 10, class_weight: str | Mapping[Any, float] | None = None,
                 callbacks: Iterable[Callback] = (), random_state: int | np.random.RandomState | None = None,
                 verbose: int = 0) -> None:
        super().__init__(hidden_layer_sizes, activation, dropout=dropout, network=network, loss=loss,
                         optimizer=optimizer, learning_rate=learning_rate, optimizer_options=optimizer_options,
                         epochs=epochs, batch_size=batch_size, standardize=standardize, early_stopping=early_stopping,
                         validation_fraction=validation_fraction, patience=patience, callbacks=callbacks,
                         random_state=random_state, verbose=verbose)
        self.class_weight = class_weight

    def fit(self, X: Any, y: Any) -> Self:
        """Train a new network on samples and their labels; return self."""
        x, y = validate_data(self, X, y, dtype=_DTYPES)
        check_classification_targets(y)
        self.classes_, labels = np.unique(y, return_inverse=True)
        loss = deepcopy(self.loss) if self.loss is not None else CrossEntropyLoss()
        if self.class_weight is not None:
            weight = compute_class_weight(self.class_weight, classes=self.classes_, y=y)
            vars(loss)["weight"] = Buffer(weight, dtype=x.dtype)
        return self._train(x, labels, len(self.classes_), loss, stratify=True)

    def predict(self, X: Any) -> Array:
        """Return the likeliest label of every sample."""
        scores = self._answers(X)
        return np.asarray(self.classes_[scores.argmax(axis=1)])

    def predict_proba(self, X: Any) -> Array:
        """Return the probability of every label, in the order of ``classes_``: softmax of the network's scores."""
        return np.asarray(scipy.special.softmax(self._answers(X), axis=1))


class ChainruleRegressor(RegressorMixin, NetworkEstimator):
    """A network as a scikit-learn regressor: ``fit``, ``predict``, ``score``.

    As ``ChainruleClassifier``; the network is trained on standardised targets, and answers in their own units.

    Shapes:
        X: (N, features)
        y: (N,) or (N, outputs)

    Attributes:
        network_: the trained network, a Layer
        history_: one row for each epoch
        n_iter_:  epochs done
    """

    def fit(self, X: Any, y: Any) -> Self:
        """Train a new network on samples and their targets; return self."""
        x, y = validate_data(self, X, y, dtype=_DTYPES, multi_output=True, y_numeric=True)
        self._flat = y.ndim == 1
        target = y.reshape(len(y), -1).astype(x.dtype)
        self.target_scaler_ = Standardize().fit(target) if self.standardize else None
        if self.target_scaler_ is not None:
            target = self.target_scaler_.transform(target)
        loss = deepcopy(self.loss) if self.loss is not None else MSELoss()
        return self._train(x, target, target.shape[1], loss, stratify=False)

    def predict(self, X: Any) -> Array:
        """Return the expected target of every sample."""
        answers = self._answers(X)
        if self.target_scaler_ is not None:
            answers = self.target_scaler_.inverse_transform(answers)
        return answers[:, 0] if self._flat else answers

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags


_DTYPES = (np.float64, np.float32)      # what the network computes in: that of the data, if it is one of these


def _named(name: str, room: Any, kind: type, what: str) -> Callable[..., Any]:
    known = [each for each in room.__all__ if isinstance(getattr(room, each), type)
             and issubclass(getattr(room, each), kind)]
    if name not in known:
        raise UnknownNameError.of(what, name, known)
    found: Callable[..., Any] = getattr(room, name)
    return found
