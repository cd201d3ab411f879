"""U-Net: the sizes of figure 1, and the whole in PyTorch's functions."""

import pytest

from chainrule.layers.core import ShapeError, UnknownNameError
from chainrule.models import summary
from chainrule.models.zoo import unet


def test_sizes_of_figure_1():
    whole = summary(unet(), (1, 572, 572))
    shapes = [row.y_shapes[0] for row in whole.rows]
    assert shapes[-1] == (2, 388, 388)
    assert (1024, 28, 28) in shapes
    assert [shape for row, shape in zip(whole.rows, shapes, strict=True) if row.layer == "Concat()"] == [
        (1024, 56, 56), (512, 104, 104), (256, 200, 200), (128, 392, 392)]


def test_same_padding_keeps_the_size():
    assert summary(unet(padding="same"), (1, 480, 320)).total.y_shapes == ((2, 480, 320),)


@pytest.mark.parametrize(("padding", "batch_norm", "shape"), [
    ("valid", False, (2, 2, 44, 52)), ("same", True, (2, 2, 8, 12))])
def test_wiring(agrees_with_functions, padding, batch_norm, shape):
    size = 0 if padding == "valid" else 1

    def twice(steps, x):
        for _ in range(2):
            x = steps.conv_norm_relu(x, padding=size) if batch_norm else steps.conv(x, padding=size).relu()
        return x

    def level(steps, x, below):
        x = twice(steps, x)
        if not below:
            return x
        up = steps.up(level(steps, steps.pool(x, 2), below - 1))
        top, left = (x.shape[2] - up.shape[2]) // 2, (x.shape[3] - up.shape[3]) // 2
        across = x[:, :, top:top + up.shape[2], left:left + up.shape[3]]
        return twice(steps, steps.join(across, up))
    agrees_with_functions(unet(3, 2, (2, 3, 4), padding, batch_norm), lambda steps, x: steps.conv(level(steps, x, 2)),
                          shape)


def test_what_does_not_fit_is_refused():
    with pytest.raises(UnknownNameError, match="padding of unet"):
        unet(padding="some")
    with pytest.raises(ShapeError):
        unet(padding="same", widths=(2, 3)).describe((1, 1, 7, 8))
