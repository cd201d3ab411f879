"""Examples of every loss."""

import numpy as np

from chainrule import layers, losses

from .case import Case

chance = np.random.default_rng(0).uniform(0.02, 0.98, (7, 5))
chances = np.random.default_rng(0).dirichlet(np.ones(5), 7)
labels = np.array([0, 3, 1, 2, 0, 4, 1])
signs = np.where(chance > 0.4, 1.0, -1.0)
label_lists = np.array([[0, 3, -1, 1, 0], [2, -1, 0, 0, 0], [4, 1, 0, -1, 2], [-1, 0, 1, 2, 3], [0, 1, 2, 3, 4],
                        [1, -1, 1, 1, 1], [3, 2, -1, 0, 0]])      # up to the first -1
pixels = np.random.default_rng(0).integers(0, 5, (3, 2, 4))
weight = [1.0, 2.0, 0.5, 3.0, 1.5]
variance = np.random.default_rng(0).uniform(0.3, 2, (7, 5))

LOSSES = {
    "AdaptiveLogSoftmaxWithLoss": Case(lambda: losses.AdaptiveLogSoftmaxWithLoss(5, 11, [3, 6], 2.0, head_bias=True),
                                       ((7, 5), np.array([10, 7, 6, 8, 10, 9, 6]))),
    "BCELoss": Case(losses.BCELoss, chance, chance[::-1].copy()),
    "BCEWithLogitsLoss": Case(lambda: losses.BCEWithLogitsLoss(pos_weight=weight), (7, 5), chance),
    "CTCLoss": Case(losses.CTCLoss, (7, 2, 4), (np.array([[1, 2, 2], [3, 1, 0]]), np.array([7, 5]), np.array([3, 2])),
                    batch_axis=None),
    "CTCLoss: unbatched": Case(lambda: losses.CTCLoss(blank=3), (6, 4), (np.array([1, 1]), 6, 2), batch_axis=None),
    "ClassMSELoss": Case(lambda: losses.ClassMSELoss(0.9, 0.1), (7, 5), labels),
    "CosineEmbeddingLoss": Case(lambda: losses.CosineEmbeddingLoss(0.1), ((7, 5), (7, 5)), signs[:, 0]),
    "CrossEntropyLoss": Case(lambda: losses.CrossEntropyLoss(weight, ignore_index=2, label_smoothing=0.1), (7, 5),
                             labels),
    "CrossEntropyLoss: distributions": Case(losses.CrossEntropyLoss, (7, 5), chances),
    "CrossEntropyLoss: pictures": Case(losses.CrossEntropyLoss, (3, 5, 2, 4), pixels),
    "ELBOLoss": Case(lambda: losses.ELBOLoss(beta=0.7), ((7, 5), (7, 3), (7, 3)), chance),
    "ELBOLoss: gaussian": Case(lambda: losses.ELBOLoss("gaussian", std=0.6), ((7, 5), (7, 3), (7, 3)), (7, 5)),
    "GaussianNLLLoss": Case(lambda: losses.GaussianNLLLoss(full=True), ((7, 5), variance), (7, 5)),
    "GaussianNLLLoss: a variance a row": Case(losses.GaussianNLLLoss, ((7, 5), variance[:, 0]), (7, 5)),
    "HingeEmbeddingLoss": Case(lambda: losses.HingeEmbeddingLoss(0.7), (7, 5), signs),
    "HuberLoss": Case(lambda: losses.HuberLoss(delta=0.5), (7, 5), (7, 5)),
    "KLDivLoss": Case(losses.KLDivLoss, (7, 5), chances),
    "KLDivLoss: logarithms": Case(lambda: losses.KLDivLoss(log_target=True), (7, 5), np.log(chances)),
    "L1Loss": Case(losses.L1Loss, (7, 5), (7, 5)),
    "MSELoss": Case(losses.MSELoss, (7, 5), (7, 5)),
    "MarginRankingLoss": Case(lambda: losses.MarginRankingLoss(0.3), ((7, 5), (7, 5)), signs),
    "MultiLabelMarginLoss": Case(losses.MultiLabelMarginLoss, (7, 5), label_lists),
    "MultiLabelSoftMarginLoss": Case(lambda: losses.MultiLabelSoftMarginLoss(weight), (7, 5), (signs + 1) / 2),
    "MultiMarginLoss": Case(lambda: losses.MultiMarginLoss(margin=0.5), (7, 5), labels),
    "MultiMarginLoss: squared": Case(lambda: losses.MultiMarginLoss(p=2, weight=weight), (7, 5), labels),
    "NLLLoss": Case(lambda: losses.NLLLoss(weight, ignore_index=1), (7, 5), labels),
    "NLLLoss: pictures": Case(losses.NLLLoss, (3, 5, 2, 4), pixels),
    "PoissonNLLLoss": Case(lambda: losses.PoissonNLLLoss(full=True), (7, 5), np.floor(10 * chance)),
    "PoissonNLLLoss: rates": Case(lambda: losses.PoissonNLLLoss(log_input=False), chance, np.floor(10 * chance)),
    "SmoothL1Loss": Case(lambda: losses.SmoothL1Loss(beta=0.5), (7, 5), (7, 5)),
    "SoftMarginLoss": Case(losses.SoftMarginLoss, (7, 5), signs),
    "TripletMarginLoss": Case(losses.TripletMarginLoss, ((7, 5),) * 3),
    "TripletMarginLoss: swap": Case(lambda: losses.TripletMarginLoss(p=3.0, swap=True), ((7, 5),) * 3),
    "TripletMarginWithDistanceLoss": Case(lambda: losses.TripletMarginWithDistanceLoss(
        distance_function=layers.CosineSimilarity(), swap=True), ((7, 5),) * 3),
    "WassersteinLoss": Case(losses.WassersteinLoss, (7, 5), np.sign(signs + 1)),
}
