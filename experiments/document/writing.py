"""Ordinary values written as YAML that every reader reads alike."""

import reprlib

import yaml

from .problems import ConfigError
from .scalars import implicit

__all__ = ["dump"]


def dump(plain: object) -> str:
    """Write ordinary values as YAML that this package, and readers of YAML 1.1, read to the same values.

    Raises: ConfigError for anything but None, bool, int, float, str, lists and dictionaries with keys of text.

    Example:
        >>> from chainrule.experiments import dump
        >>> print(dump({"lr": 1e-3, "name": "1e-3", "answer": "no", "sizes": [64, 10]}), end="")
        lr: 0.001
        name: '1e-3'
        answer: 'no'
        sizes: [64, 10]
    """
    return yaml.dump(plain, Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=None, width=100)


class _Dumper(yaml.SafeDumper):
    """PyYAML's writer for plain values only, without anchors."""

    def represent_data(self, data: object) -> yaml.Node:
        if type(data) not in (type(None), bool, int, float, str, list, tuple, dict) or (
                isinstance(data, dict) and not all(isinstance(key, str) for key in data)):
            raise ConfigError.at(None, "", f"can not be written as YAML: {reprlib.repr(data)}")
        node = super().represent_data(data)
        if isinstance(node, yaml.ScalarNode) and isinstance(data, str) and not data.isprintable():
            node.style = '"'
        return node

    def serialize(self, node: yaml.Node) -> None:
        if isinstance(node, yaml.CollectionNode):
            node.flow_style = False    # the top level is a line for each key
        super().serialize(node)

    def ignore_aliases(self, data: object) -> bool:
        return True


for _name, _pattern in implicit():    # besides those of YAML 1.1, so that text is quoted if either misreads it
    _Dumper.add_implicit_resolver(f"tag:yaml.org,2002:{_name}", _pattern, None)
