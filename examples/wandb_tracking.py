"""The history of a run in Weights & Biases, gradients and updates of every layer included: a callback of ten lines."""

import wandb

from chainrule.data import DataLoader, digits
from chainrule.layers import Linear, ReLU
from chainrule.losses import CrossEntropyLoss
from chainrule.models import Sequential
from chainrule.optim import Adam
from chainrule.training import Callback, LayerStatistics, Trainer


class WandbTracking(Callback):
    """Logs every number of the history after its epoch; those of layers as ``grad_norm/<layer>``."""

    first_rank_only = True

    def on_epoch_end(self, trainer, row):
        numbers = {name: value for name, value in row.items() if isinstance(value, (int, float))}
        for path, found in row.get("layers", {}).items():
            numbers |= {f"{name}/{path}": value for name, value in found.items() if isinstance(value, float)}
        wandb.log(numbers, step=row["epoch"])


train, validation = digits(flat=True).split()
model = Sequential(Linear(64, 32), ReLU(), Linear(32, 10))
trainer = Trainer(model, CrossEntropyLoss(), Adam(model.parameters(), lr=0.01), metrics=["accuracy"],
                  callbacks=[LayerStatistics(), WandbTracking()])
wandb.init(project="digits", config={"optimizer": "Adam", "lr": 0.01})
history = trainer.fit(DataLoader(train, 32, shuffle=True), epochs=3, validation=validation)
wandb.finish()
print(f"tracked {len(history)} epochs, the last with accuracy {history[-1]['val_accuracy']:.3f}")
