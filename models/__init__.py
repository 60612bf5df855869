"""The model: where weights come from, the ONNX graph, the embedder, the head."""

import os
import sys

# Both runtimes would tell their makers that they run, onnxruntime (from 1.29 on) with an id that it
# keeps on the disk. They must be told not to before they are first imported.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
