"""Small tools to build an ONNX graph and to cut one down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from models.dinov2.architecture import FloatArray, ModelError


class Graph:
    """Collects nodes and constants; every method returns the name of its result.

    Attributes:
        nodes: `onnx.NodeProto` in the order they were added, which is topological.
        constants: `onnx.TensorProto` by name.
    """

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: dict[str, Any] = {}

    def constant(self, name: str, values: NDArray[Any] | np.generic) -> str:
        """Add a constant, once for each name."""
        if name not in self.constants:
            self.constants[name] = numpy_helper.from_array(np.asarray(values, order="C"), name)
        return name

    def ints(self, *values: int) -> str:
        """Add a vector of int64, the type of shapes and axes."""
        return self.constant("ints_" + "_".join(map(str, values)), np.array(values, np.int64))

    def op(self, kind: str, name: str, *inputs: str, **attributes: Any) -> str:
        """Add a node whose one result has the node's name."""
        self.nodes.append(helper.make_node(kind, list(inputs), [name], name=name, **attributes))
        return name

    def top(self, name: str, values: str, count: int, **attributes: Any) -> tuple[str, str]:
        """Add TopK along an axis; return the names of its values and of their indexes."""
        results = [f"{name}/values", f"{name}/indexes"]
        inputs = [values, self.ints(count)]
        self.nodes.append(helper.make_node("TopK", inputs, results, name=name, **attributes))
        return results[0], results[1]

    def linear(self, name: str, x: str, weight: FloatArray, bias: FloatArray) -> str:
        """Add ``x @ weight.T + bias``, ``weight`` being ``[out_features, in_features]``."""
        product = self.op("MatMul", f"{name}/matmul", x, self.constant(f"{name}.weight", weight.T))
        return self.op("Add", name, product, self.constant(f"{name}.bias", bias))


def with_outputs(model: Any, names: Sequence[str]) -> Any:
    """Cut a model down to what the named values need.

    onnxruntime runs every node of a graph, whichever outputs are asked for. Cut to
    ``descriptor``, the graph leaves out the blocks that only the final CLS needs: a sixth of the
    work for the small size.

    Args:
        model: An `onnx.ModelProto`; it is left as it is.
        names: Values to return: outputs, or inner values such as ``block7``.

    Returns:
        A new `onnx.ModelProto`.

    Raises:
        ModelError: The graph computes no such value.
    """
    producers = {out: node for node in model.graph.node for out in node.output if out}
    unknown = [name for name in names if name not in producers]
    if unknown:
        raise ModelError(f"the graph has no value {unknown[0]!r}")
    needed: set[str] = set()
    pending = list(names)
    while pending:
        node = producers.get(pending.pop())
        if node is not None and node.output[0] not in needed:
            needed.add(node.output[0])
            pending += node.input
    nodes = [node for node in model.graph.node if node.output[0] in needed]
    used = {name for node in nodes for name in node.input}
    values = {value.name: value for value in model.graph.output}
    if not values.keys() >= set(names):
        inferred = onnx.shape_inference.infer_shapes(model).graph
        values |= {value.name: value for value in inferred.value_info}
    graph = helper.make_graph(
        nodes,
        model.graph.name,
        list(model.graph.input),
        [values[name] for name in names],
        [tensor for tensor in model.graph.initializer if tensor.name in used],
    )
    return helper.make_model(
        graph,
        opset_imports=list(model.opset_import),
        ir_version=model.ir_version,
        producer_name=model.producer_name,
    )
