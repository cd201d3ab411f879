"""GoogLeNet: table 1 of the paper, and a module in PyTorch's functions."""

import pytest

from chainrule.models import Parallel, summary
from chainrule.models.zoo import googlenet


def test_sizes_of_the_modules_are_those_of_table_1():
    """As far as the paper agrees with itself: its counts differ from its own channels by up to eight percent."""
    model = googlenet(batch_norm=False)
    sizes = [sum(parameter.size for parameter in layer.parameters()) for layer in model if isinstance(layer, Parallel)]
    published = [159, 380, 364, 437, 463, 580, 840, 1072, 1388]
    assert [size / 1024 for size in sizes] == pytest.approx(published, rel=0.08)


@pytest.mark.parametrize(("batch_norm", "parameters"), [(False, 6_998_552), (True, 7_005_832)])
def test_size_is_that_of_the_table_in_torch_modules(batch_norm, parameters):
    torch = pytest.importorskip("torch")
    table = """192 64 96 128 16 32 32;    256 128 128 192 32 96 64;     480 192 96 208 16 48 64
               512 160 112 224 24 64 64;  512 128 128 256 24 64 64;     512 112 144 288 32 64 64
               528 256 160 320 32 128 128;  832 256 160 320 32 128 128;  832 384 192 384 48 128 128"""
    shapes = [(3, 64, 7), (64, 64, 1), (64, 192, 3)]
    for row in table.replace("\n", ";").split(";"):
        channels, one, three_reduce, three, five_reduce, five, pool = map(int, row.split())
        shapes += [(channels, one, 1), (channels, three_reduce, 1), (three_reduce, three, 3),
                   (channels, five_reduce, 1), (five_reduce, five, 5), (channels, pool, 1)]
    with torch.device("meta"):
        modules = [torch.nn.Conv2d(*shape, bias=not batch_norm) for shape in shapes]
        modules += [torch.nn.BatchNorm2d(width) for _, width, _ in shapes] if batch_norm else []
        modules.append(torch.nn.Linear(1024, 1000))
    assert parameters == sum(weight.numel() for module in modules for weight in module.parameters())
    whole = summary(googlenet(batch_norm=batch_norm), (3, 224, 224))
    assert whole.total.parameters == parameters
    assert [row.y_shapes[0] for row in whole.rows if row.layer == "Concat()"] == [
        *[(channels, 28, 28) for channels in (256, 480)],
        *[(channels, 14, 14) for channels in (512, 512, 512, 528, 832)],
        *[(channels, 7, 7) for channels in (832, 1024)]]


def test_wiring(agrees_with_functions):
    def module(steps, x):
        return steps.join(steps.conv_norm_relu(x),
                          steps.conv_norm_relu(steps.conv_norm_relu(x), padding=1),
                          steps.conv_norm_relu(steps.conv_norm_relu(x), padding=2),
                          steps.conv_norm_relu(steps.pool(x, 3, stride=1, padding=1)))

    def written(steps, x):
        x = steps.pool(steps.conv_norm_relu(x, stride=2, padding=3), 3, stride=2, ceil_mode=True)
        x = steps.conv_norm_relu(steps.conv_norm_relu(x), padding=1)
        x = module(steps, steps.pool(x, 3, stride=2, ceil_mode=True))
        x = module(steps, steps.pool(x, 3, stride=2, ceil_mode=True))
        return steps.linear(x.mean((2, 3)))
    model = googlenet(5, 2, (3, 2, 4), [[(3, 2, 4, 2, 3, 1)], [(2, 1, 3, 2, 1, 2)]], dropout=0)
    agrees_with_functions(model, written, (3, 2, 33, 41))
