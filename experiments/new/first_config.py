"""A first config for somebody's own data: looked at, described in comments, and small enough to be understood."""

import os
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from ...data import DataFileError
from ...layers.core import ValueRangeError
from .lines import Line, layout, quoted
from .sources import Source, find_source

__all__ = ["new_config"]


def new_config(data: Path, config: Path, label: str | None = None) -> str:
    """Return the text of a config that fits the ``data``; it is to stand in the file ``config``, from which paths are.

    ``data`` is a table (.csv, .tsv), arrays (.npz), a text (.txt), a folder of images, of the files of MNIST or CIFAR,
    or of one table, or of ``train.csv`` and ``test.csv``; ``label`` is the column of a table to be predicted.

    Raises: DataFileError for data of which nothing can be made.

    Example:
        >>> import pathlib, tempfile
        >>> from chainrule.experiments import new_config
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = pathlib.Path(folder, "my.csv")
        ...     _ = path.write_text("length,kind\\n" + "1.5,cat\\n2,dog\\n" * 30)
        ...     print(new_config(path, pathlib.Path(folder, "my.yaml")).splitlines()[0])
        # For my.csv: 60 samples, from which kind is learned, one of 2 classes.
    """
    if not Path(data).exists():
        raise DataFileError(f"new found no {data}; --data is a file or a folder of yours")
    source = find_source(Path(data), label)
    where = _relative(Path(data), Path(config).parent)
    head = _head(source, Path(data), Path(config))
    if source.is_text:
        return layout(chain(head, _text(source, where)))
    if len(source.dataset) < 10:
        raise ValueRangeError(f"new expected {data} to hold at least 10 samples, of which some are held out, got "
                              f"{len(source.dataset)}")
    return layout(chain(head, _data(source, where), _model(source), _training(source)))


def _relative(data: Path, folder: Path) -> Path:
    """Return the path of ``data`` from ``folder``; on another drive there is none, and it stays whole."""
    data, folder = data.absolute(), folder.absolute()
    return Path(os.path.relpath(data, folder)) if data.anchor == folder.anchor else data


def _head(source: Source, data: Path, config: Path) -> Iterator[Line]:
    yield Line(f"# For {quoted(data.name)}: {source.described}.")
    yield Line("# Written by 'chainrule new'; everything may be changed, and every key is explained in docs/yaml.md.")
    yield Line(f"#   chainrule check {config.name}    looks whether all parts fit")
    yield Line(f"#   chainrule train {config.name}    trains, and keeps the run in a folder of its own below runs/")
    yield Line()
    yield Line(f"task: {'language' if source.is_text else 'supervised'}")
    yield Line("seed: 0", "of all that is random; other seeds show how much of a result is chance")


def _data(source: Source, where: Path) -> Iterator[Line]:
    yield Line("data:")
    yield Line("  dataset:")
    yield from source.lines(where, "    ")
    if source.has_test_file:
        yield Line("  test_dataset:", "judged once, at the end: nothing is chosen on it")
        yield from source.lines(where, "    ", test=True)
    else:
        yield Line("  test_size: 0.2", "judged once, at the end: nothing is chosen on it")
    yield Line("  validation_size: 0.2", "judged after every epoch; decides when to stop")
    if source.classes is not None and source.rarest >= 5 and len(source.dataset) >= 5 * source.classes:
        yield Line("  stratify: true", "the same share of every class in all parts")
    if not source.is_images:
        yield Line("  standardize: true", "features to mean 0, deviation 1, as measured on the training part")
    if source.classes is None:
        yield Line("  standardize_target: true", "a loss of 1 is that of always answering the mean")


def _model(source: Source) -> Iterator[Line]:
    shape, outputs = source.dataset.x.shape[1:], source.classes or source.dataset.y[0].size
    answer = "a score for each class" if source.classes else "the number to be predicted"
    yield Line("model:")
    if source.is_images:
        channels, height, width = shape
        yield Line(f"  - Conv2d: [{channels}, 16, 3, 1, 1]",
                   f"{channels} channels in, 16 out, windows of 3 × 3, stride 1, padding 1")
        yield Line("  - ReLU")
        yield Line("  - MaxPool2d: 2", "half the height and width")
        yield Line("  - Conv2d: [16, 32, 3, 1, 1]")
        yield Line("  - ReLU")
        yield Line("  - MaxPool2d: 2")
        yield Line("  - Flatten")
        yield Line(f"  - Linear: [{32 * (height // 4) * (width // 4)}, {outputs}]", answer)
        return
    features = source.dataset.x[0].size
    hidden = min(256, max(16, 1 << (features + outputs - 1).bit_length()))
    if len(shape) > 1:
        yield Line("  - Flatten")
    yield Line(f"  - Linear: [{features}, {hidden}]", f"{features} feature{'s' * (features != 1)} in")
    yield Line("  - ReLU")
    if len(source.dataset) >= 2000:
        yield Line(f"  - Linear: [{hidden}, {hidden}]")
        yield Line("  - ReLU")
    yield Line(f"  - Linear: [{hidden}, {outputs}]", answer)


def _training(source: Source) -> Iterator[Line]:
    samples = len(source.dataset)
    batch = 8 if samples < 200 else 32 if samples < 20_000 else 128
    epochs = min(100, max(10, 3000 * batch // samples))
    classes = source.classes is not None
    yield Line(f"loss: {'CrossEntropyLoss' if classes else 'MSELoss'}")
    yield Line(f"optimizer: {{Adam: {{lr: {'1e-3' if source.is_images else '3e-3'}}}}}",
               "the first number to try others of")
    yield Line(f"metrics: [{'accuracy' if classes else 'r2'}]")
    yield Line("training:")
    yield Line(f"  epochs: {epochs}", "at most: early stopping ends it before")
    yield Line(f"  batch_size: {batch}")
    if source.is_images:
        height, width = source.dataset.x.shape[2:]
        yield Line("  augment:", "changes of the training images, drawn anew each time")
        yield Line(f"    - RandomCrop: {{size: [{height}, {width}], padding: {max(1, height // 16)}}}")
        if source.mirrors:
            yield Line("    - RandomHorizontalFlip", "leave out where left and right mean something")
    if classes and source.most > 3 * source.rarest:
        yield Line("  balanced: true", f"the rarest class has {source.rarest} samples, the most frequent {source.most}")
    yield Line("  callbacks:")
    yield Line(f"    - EarlyStopping: {{patience: {max(5, epochs // 5)}}}",
               "epochs without a better validation; then back to the best weights")


def _text(source: Source, where: Path) -> Iterator[Line]:
    vocabulary = source.vocabulary
    yield Line("data:")
    yield Line(f"  dataset: {{text_file: {{path: {quoted(where.as_posix())}, length: {source.window}}}}}")
    yield Line("  test_size: 0.1", "the end of the text, judged once")
    yield Line("  validation_size: 0.1")
    yield Line("model:")
    yield Line(f"  char_rnn: {{vocabulary: {vocabulary}, embedding: 32, hidden: 128, cell: LSTM}}",
               f"the text has {vocabulary} different characters")
    yield Line("loss: CrossEntropyLoss")
    yield Line("optimizer: {Adam: {lr: 5e-3}}")
    yield Line("training:")
    yield Line("  epochs: 20")
    yield Line("  batch_size: 32")
    yield Line("  callbacks: [{ClipGradNorm: 1.0}]", "recurrent gradients may explode")
    yield Line("sample:")
    yield Line(f"  prompt: {quoted(source.prompt)}", "what the text that is written at the end begins with")
