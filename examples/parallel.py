"""One network trained by all processes of a job, each on its part of every batch.

Alone, or on four processes of this machine or of many:

    python examples/parallel.py
    mpiexec -n 4 python -m mpi4py examples/parallel.py
"""

import numpy as np

import chainrule
from chainrule.data import DataLoader, digits
from chainrule.layers import SyncBatchNorm
from chainrule.losses import CrossEntropyLoss
from chainrule.models.zoo import resnet
from chainrule.optim import SGD
from chainrule.training import Progress, Trainer
from chainrule.training.parallel import ZeroRedundancyOptimizer, find_communicator, joined

with joined(find_communicator()):
    chainrule.manual_seed(0)
    train, test = digits().split(rng=np.random.default_rng(0))
    model = SyncBatchNorm.convert_sync_batchnorm(resnet(10, in_channels=1, widths=(8, 16), blocks=1, image_size=8))
    optimizer = ZeroRedundancyOptimizer(model.parameters(), SGD, lr=0.1, momentum=0.9)
    trainer = Trainer(model, CrossEntropyLoss(), optimizer, metrics=["accuracy"], callbacks=[Progress()])
    trainer.fit(DataLoader(train, 64, shuffle=True), epochs=3, validation=test)
