"""The model: where weights come from, the ONNX graph, the embedder, the head."""
