"""DINOv2 as an ONNX graph: built, quantized, compared with a reference."""
