"""Writes the trained network as ONNX: python export.py model.pt --out models/ngatu-road.onnx --calibrate train-*.jsonl

NAME-fp32.onnx is the network as trained; NAME.onnx has its convolutions quantised, statically, on 200 of those
pictures. The picture goes in as uint8 RGB [1, 3, 288, 512]; `found` [1, 10, 3024] comes out in the `yolov8` layout."""

import argparse
import json
import random
from pathlib import Path

import cv2
import numpy as np
import onnx
import torch

from network import Detector
from pictures import HEIGHT, PAD, WIDTH


class Exported(torch.nn.Module):
    def __init__(self, detector):
        super().__init__()
        self.detector = detector

    def forward(self, picture):
        return self.detector(picture, decode=True)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("checkpoint")
    options.add_argument("--out", required=True)
    options.add_argument("--calibrate", nargs="+", required=True)
    given = options.parse_args()
    detector = Detector().eval()
    detector.load_state_dict(torch.load(given.checkpoint, map_location="cpu"))
    plain = given.out.replace(".onnx", "-fp32.onnx")
    torch.onnx.export(
        Exported(detector),
        torch.zeros(1, 3, HEIGHT, WIDTH, dtype=torch.uint8),
        plain,
        input_names=["picture"],
        output_names=["found"],
        opset_version=17,
        dynamo=False,
    )
    quantise(plain, given.out, given.calibrate)
    print(f"{sum(p.numel() for p in detector.parameters())} parameters")
    for path in (plain, given.out):
        finish(path)
        print(f"{path}: {Path(path).stat().st_size} bytes")


def finish(path):
    model = onnx.load(path)
    bytes_in(model.graph)
    model.producer_name, model.doc_string = "ngatu", "Road users from traffic cameras; see models/README.md"
    # Source lines of the exporter say nothing to anybody and hold paths of the machine.
    for node in model.graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
    onnx.checker.check_model(model)
    onnx.save(model, path)


def quantise(path, out, manifests):
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process

    class Reader(CalibrationDataReader):
        def __init__(self):
            lines = [(Path(m).parent, line) for m in manifests for line in Path(m).read_text().splitlines()]
            self.some = iter(random.Random(1).sample(lines, min(200, len(lines))))

        def get_next(self):
            one = next(self.some, None)
            return None if one is None else {"picture": letterbox(cv2.imread(str(one[0] / json.loads(one[1])["image"])))}

    prepared = f"{path}.prepared"
    quant_pre_process(path, prepared)
    quantize_static(
        prepared,
        out,
        Reader(),
        quant_format=QuantFormat.QDQ,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        per_channel=True,
        # Processors without VNNI add pairs of products in 16 bits: full eight bits would saturate there.
        reduce_range=True,
        op_types_to_quantize=["Conv", "Concat", "MaxPool", "Add", "Relu", "Resize", "Split"],
        nodes_to_exclude=kept_in_floats(onnx.load(prepared).graph),
    )
    Path(prepared).unlink()


def bytes_in(graph):
    """Scales the picture's bytes in one step instead of three, half a millisecond less.

    What training calls (v - 127.5) / 127.5 becomes (v - 128) / 127.5: half a grey level darker.
    """
    makers = {tensor: node for node in graph.node for tensor in node.output}
    first = next(node for node in graph.node if node.op_type == "Conv")
    scaled = first.input[0]
    node = makers[scaled]
    while node is not None:
        source = node.input[0]
        graph.node.remove(node)
        node = makers.get(source)
    used = {tensor for node in graph.node for tensor in node.input}
    kept = [tensor for tensor in graph.initializer if tensor.name in used]
    del graph.initializer[:]
    graph.initializer.extend(kept)
    graph.initializer.append(onnx.helper.make_tensor("grey_step", onnx.TensorProto.FLOAT, [], [1 / 127.5]))
    graph.initializer.append(onnx.helper.make_tensor("grey_middle", onnx.TensorProto.UINT8, [], [128]))
    scale = onnx.helper.make_node("DequantizeLinear", ["picture", "grey_step", "grey_middle"], [scaled], name="scale")
    graph.node.insert(0, scale)


def kept_in_floats(graph):
    """Names of the last convolutions and of everything behind them: eight bits are too few for pixels and logits.

    And of the first one: with three channels in it is faster in floats.
    """
    first = next(node for node in graph.node if node.op_type == "Conv")
    names = [node.name for node in graph.node if node is first or first.output[0] in node.input]
    tensors = set()
    for node in graph.node:
        last = "/scores/" in node.name or "/sides/" in node.name
        if last or tensors.intersection(node.input):
            names.append(node.name)
            tensors.update(node.output)
    return names


def letterbox(bgr):
    scale = min(WIDTH / bgr.shape[1], HEIGHT / bgr.shape[0])
    w, h = round(bgr.shape[1] * scale), round(bgr.shape[0] * scale)
    out = np.full((HEIGHT, WIDTH, 3), PAD, np.uint8)
    out[:h, :w] = cv2.resize(bgr, (w, h), interpolation=cv2.INTER_LINEAR)
    return out[None, ..., ::-1].transpose(0, 3, 1, 2).copy()


if __name__ == "__main__":
    main()
