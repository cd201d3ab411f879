"""Stands for MLflow where it is not installed: prints what it is told, in the signatures of MLflow 2 and 3."""

import contextlib
import json

__all__ = ["log_metrics", "log_params", "set_experiment", "start_run"]


def set_experiment(experiment_name=None, experiment_id=None):
    print("set_experiment", experiment_name)


@contextlib.contextmanager
def start_run(run_id=None, experiment_id=None, run_name=None):
    yield
    print("end_run")


def log_params(params, synchronous=None, run_id=None):
    print("log_params", json.dumps(params, default=str))


def log_metrics(metrics, step=None, synchronous=None, run_id=None):
    print("log", step, json.dumps({name: float(value) for name, value in metrics.items()}))
