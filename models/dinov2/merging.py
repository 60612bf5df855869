"""Merge tokens that are alike between blocks, so that later blocks have less to do.

Token merging (ToMe: Bolya et al., ICLR 2023). After a block's attention every second token looks
for the most similar of the others by its key; the pairs that are most alike become one token each,
their mean. A token remembers how many patches it stands for: attention and pooling weigh it by
that. Nothing is learned, so the descriptor stays that of the same weights, nearly.
"""

from __future__ import annotations

import numpy as np

from models.dinov2.architecture import Dinov2Config
from models.dinov2.graph_tools import Graph

MERGED = 9 / 16
"""Share of the patches that are merged before the last pooled block."""
_LARGEST_STEP = 1 / 8
"""Share of the tokens that are merged in one block, at most."""
_NEVER = -1e4
"""Added to the similarities of the CLS token, so that it is never merged."""


class TokenMerger:
    """Adds the merging of tokens to a graph, block by block.

    Attributes:
        tokens: How many there are by now, with the CLS token, which stays the first.
        sizes: Name of the patches that each stands for, float32 ``[batch, tokens, 1]``; empty
            before the first merge.
    """

    def __init__(self, graph: Graph, config: Dinov2Config, tokens: int, last: int) -> None:
        """Plan to merge in every block before block ``last``, counted from 1."""
        self._graph, self._config, self._last = graph, config, last
        self._step = round(MERGED * (tokens - 1) / max(1, last - 1))
        self.tokens, self.sizes = tokens, ""

    def mask(self, name: str) -> list[str]:
        """Return the mask that weighs tokens by their sizes in attention; none if all are 1."""
        if not self.sizes:
            return []
        op = self._graph.op
        logs = op("Log", f"{name}/logs", self.sizes)
        row = op("Reshape", f"{name}/row", logs, self._graph.ints(0, 1, 1, self.tokens))
        shape = self._shape(name, self.sizes, 1, self.tokens, self.tokens)
        return [op("Expand", f"{name}/mask", row, shape)]

    def merge(self, name: str, x: str, keys: str, block: int) -> str:
        """Merge the tokens that are most alike.

        Args:
            name: Of the result.
            x: Tokens, ``[batch, tokens, hidden]``.
            keys: Their keys in attention, of the same shape.
            block: The block that they are in, counted from 1.

        Returns:
            The new tokens; `tokens` and `sizes` are theirs. ``x`` if there is nothing to merge.
        """
        count = min(self._step, int(self.tokens * _LARGEST_STEP)) if block < self._last else 0
        if not count:
            return x
        op, hidden = self._graph.op, self._config.hidden
        sizes = self.sizes
        if not sizes:
            shape = self._shape(f"{name}/ones", x, self.tokens, 1)
            one = self._graph.constant("one", np.ones((1, 1, 1), np.float32))
            sizes = op("Expand", f"{name}/ones", one, shape)
        kept, merged, targets = self._pairs(name, keys, count)
        sums = op("Mul", f"{name}/weighed", x, sizes)
        new = {}
        for part, values, width in (("sum", sums, hidden), ("size", sizes, 1)):
            even, odd = self._halves(f"{name}/{part}", values)
            taken = self._take(f"{name}/{part}/merged", even, merged)
            shape = self._shape(f"{name}/{part}", x, count, width)
            at = op("Expand", f"{name}/{part}/at", targets, shape)
            total = op(
                "ScatterElements", f"{name}/{part}/new", odd, at, taken, axis=1, reduction="add"
            )
            rest = self._take(f"{name}/{part}/kept", even, kept)
            new[part] = op("Concat", f"{name}/{part}", rest, total, axis=1)
        self.sizes = new["size"]
        self.tokens -= count
        return op("Div", name, new["sum"], new["size"])

    def _pairs(self, name: str, keys: str, count: int) -> tuple[str, str, str]:
        """Choose the even tokens that are kept, those that are merged, and what they join.

        Returns:
            Indexes, ``[batch, n, 1]``: of the even tokens that are kept, the CLS token first; of
            those that are merged; and of the odd tokens that these join.
        """
        op, ints, heads = self._graph.op, self._graph.ints, self._config.heads
        by_head = op("Reshape", f"{name}/heads", keys, ints(0, 0, heads, self._config.head_dim))
        mean = op("ReduceMean", f"{name}/key", by_head, ints(2), keepdims=0)
        unit = op("LpNormalization", f"{name}/unit", mean, axis=2, p=2)
        even, odd = self._halves(f"{name}/unit", unit)
        across = op("Transpose", f"{name}/across", odd, perm=[0, 2, 1])
        alike = op("MatMul", f"{name}/alike", even, across)
        evens = (self.tokens + 1) // 2
        never = np.zeros((evens, 1), np.float32)
        never[0] = _NEVER
        alike = op("Add", f"{name}/but_cls", alike, self._graph.constant(f"never_{evens}", never))
        best, nearest = self._graph.top(f"{name}/nearest", alike, 1, axis=2)
        _, order = self._graph.top(f"{name}/order", best, evens, axis=1, largest=0)
        border = ints(evens - count)
        kept = op("Slice", f"{name}/kept", order, ints(0), border, ints(1))
        merged = op("Slice", f"{name}/merged", order, border, ints(evens), ints(1))
        return kept, merged, op("GatherElements", f"{name}/targets", nearest, merged, axis=1)

    def _halves(self, name: str, values: str) -> tuple[str, str]:
        ints = self._graph.ints
        even, odd = (
            self._graph.op(
                "Slice", f"{name}/{part}", values, ints(start), ints(2**31 - 1), ints(1), ints(2)
            )
            for start, part in enumerate(("even", "odd"))
        )
        return even, odd

    def _take(self, name: str, values: str, indexes: str) -> str:
        return self._graph.op("GatherND", name, values, indexes, batch_dims=1)

    def _shape(self, name: str, like: str, *sides: int) -> str:
        """Return the shape ``[batch, *sides]``."""
        batch = self._graph.op("Shape", f"{name}/batch", like, start=0, end=1)
        return self._graph.op("Concat", f"{name}/shape", batch, self._graph.ints(*sides), axis=0)


def add_mean(graph: Graph, name: str, patches: str, sizes: str) -> str:
    """Average patches by their sizes.

    Args:
        graph: Where to add it.
        name: Of the result.
        patches: ``[batch, patches, hidden]``.
        sizes: Of all tokens, as `TokenMerger.sizes`; empty if all are 1.

    Returns:
        The name of the mean, ``[batch, hidden]``.
    """
    op, ints = graph.op, graph.ints
    if not sizes:
        return op("ReduceMean", name, patches, ints(1), keepdims=0)
    sizes = op("Slice", f"{name}/sizes", sizes, ints(1), ints(2**31 - 1), ints(1))
    weighed = op("Mul", f"{name}/weighed", patches, sizes)
    total = op("ReduceSum", f"{name}/total", weighed, ints(1), keepdims=0)
    return op("Div", name, total, op("ReduceSum", f"{name}/all", sizes, ints(1), keepdims=0))
