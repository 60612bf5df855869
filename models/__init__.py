"""The model: where weights come from, the ONNX graph, the embedder, the head."""

import os
import sys

# Both runtimes report their use to their makers; onnxruntime (from 1.29 on) keeps an id on the disk
# for that. This must be switched off before they are first imported.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
