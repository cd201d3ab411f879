"""Which page of the docs speaks of a class."""

__all__ = ["page_of"]

_PAGES = {
    "layers.activations": "layers/activations.md", "layers.attention": "layers/attention.md",
    "layers.batch_norm": "layers/batchnorm.md", "layers.bilinear": "layers/linear.md",
    "layers.branching": "layers/containers.md", "layers.conv": "layers/convolution.md",
    "layers.conv_transpose": "layers/convolution.md", "layers.distance": "layers/functions.md",
    "layers.drop_connect": "layers/dropout.md", "layers.dropout": "layers/dropout.md",
    "layers.embedding": "layers/embedding.md", "layers.embedding_bag": "layers/embedding.md",
    "layers.functions": "layers/functions.md", "layers.gates": "layers/gates.md",
    "layers.gaussian_sampling": "layers/dropout.md", "layers.index_linear": "layers/linear.md",
    "layers.linear": "layers/linear.md", "layers.matmul": "layers/gates.md", "layers.maxout": "layers/maxout.md",
    "layers.noise": "layers/dropout.md", "layers.norms": "layers/norms.md", "layers.padding": "layers/padding.md",
    "layers.pooling": "layers/pooling.md", "layers.recurrent": "layers/recurrent.md",
    "layers.softmax": "layers/softmax.md", "layers.sparse_linear": "layers/linear.md",
    "layers.temporal_row_convolution": "layers/convolution.md", "layers.tied_linear": "layers/linear.md",
    "layers.unfold": "layers/convolution.md", "layers.upsample": "layers/resampling.md", "layers": "layers/reshape.md",
    "losses": "losses.md", "models": "layers/containers.md", "optim": "optim.md",
}


def page_of(kind: type) -> str:
    """Return the path of the page, from the top of the repository; that of the nearest base the library has."""
    package = __name__.partition(".")[0]
    for base in kind.__mro__:
        parts = base.__module__.split(".")
        if parts[0] == package:
            for length in range(len(parts), 1, -1):
                page = _PAGES.get(".".join(parts[1:length]))
                if page:
                    return f"docs/{page}"
    return "docs/diagnosis.md"
