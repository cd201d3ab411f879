"""Stands for Weights & Biases where it is not installed: prints what it is told, in the signatures of wandb 0.2x."""

import json

__all__ = ["finish", "init", "log"]


def init(entity=None, project=None, dir=None, id=None, name=None, notes=None, tags=None, config=None):
    print("init", project, json.dumps(config))


def log(data, step=None, commit=None):
    print("log", step, json.dumps({name: float(value) for name, value in data.items()}))


def finish(exit_code=None, quiet=None):
    print("finish")
