"""The history of a run in MLflow: a callback of ten lines. Look at it with: mlflow ui"""

import mlflow

from chainrule.data import DataLoader, digits
from chainrule.layers import Linear, ReLU
from chainrule.losses import CrossEntropyLoss
from chainrule.models import Sequential
from chainrule.optim import Adam
from chainrule.training import Callback, Trainer


class MLflowTracking(Callback):
    """Logs options at the beginning, and every number of the history after its epoch."""

    first_rank_only = True

    def on_fit_begin(self, trainer):
        mlflow.log_params({"optimizer": type(trainer.optimizer).__name__, **trainer.optimizer.defaults})

    def on_epoch_end(self, trainer, row):
        numbers = {name: value for name, value in row.items() if isinstance(value, (int, float))}
        mlflow.log_metrics(numbers, step=row["epoch"])


train, validation = digits(flat=True).split()
model = Sequential(Linear(64, 32), ReLU(), Linear(32, 10))
trainer = Trainer(model, CrossEntropyLoss(), Adam(model.parameters(), lr=0.01), metrics=["accuracy"],
                  callbacks=[MLflowTracking()])
mlflow.set_experiment("digits")
with mlflow.start_run():
    history = trainer.fit(DataLoader(train, 32, shuffle=True), epochs=3, validation=validation)
print(f"tracked {len(history)} epochs, the last with accuracy {history[-1]['val_accuracy']:.3f}")
