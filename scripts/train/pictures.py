"""Training pictures: manifests of prepare.ts, held in memory, cut, turned and lit anew each time they are used."""

import json
import multiprocessing
from pathlib import Path

import cv2
import numpy as np
import torch

from network import CLASSES

WIDTH, HEIGHT = 512, 288
PAD = 114


class Picture:
    """JPEG bytes decoded once; boxes [n, 5] class, x1, y1, x2, y2 and ignored regions [m, 4] in pixels."""

    def __init__(self, folder, record):
        self.rgb = cv2.cvtColor(cv2.imread(str(folder / record["image"])), cv2.COLOR_BGR2RGB)
        known = [one for one in record["boxes"] if one["class"] in CLASSES]
        self.boxes = np.array(
            [[CLASSES.index(one["class"]), *one["box"]] for one in known], np.float32
        ).reshape(-1, 5)
        self.ignore = np.array(record["ignore"], np.float32).reshape(-1, 4)
        self.kind = record["kind"]


def load(manifests):
    pictures = []
    for manifest in map(Path, manifests):
        for line in manifest.read_text().splitlines():
            pictures.append(Picture(manifest.parent, json.loads(line)))
    return pictures


class Augmenter:
    """Makes one training example: a picture, or a mosaic of four, at a random zoom, place, light and noise."""

    def __init__(self, pictures, real_share, seed):
        self.random = np.random.default_rng(seed)
        self.real = [one for one in pictures if one.kind == "real"]
        self.rendered = [one for one in pictures if one.kind != "real"]
        self.real_share = real_share if self.rendered else 1.0

    def example(self, mosaic):
        out = np.full((HEIGHT, WIDTH, 3), PAD, np.uint8)
        if self.random.random() < mosaic:
            cx = int(WIDTH * self.random.uniform(0.3, 0.7))
            cy = int(HEIGHT * self.random.uniform(0.3, 0.7))
            tiles = [(0, 0, cx, cy), (cx, 0, WIDTH, cy), (0, cy, cx, HEIGHT), (cx, cy, WIDTH, HEIGHT)]
            zoom = (0.5, 1.2)
        else:
            tiles = [(0, 0, WIDTH, HEIGHT)]
            zoom = (0.75, 1.7)
        boxes, ignore = [], []
        for tile in tiles:
            b, i = self.place(out, tile, zoom)
            boxes.append(b)
            ignore.append(i)
        return out, np.concatenate(boxes), np.concatenate(ignore)

    def place(self, out, tile, zoom):
        """Draws one picture into a tile of `out`; returns its boxes and ignored regions there."""
        random = self.random
        pool = self.real if random.random() < self.real_share else self.rendered
        picture = pool[random.integers(len(pool))]
        h, w = picture.rgb.shape[:2]
        x1, y1, x2, y2 = tile
        fit = min(WIDTH / w, HEIGHT / h) * np.exp(random.uniform(*np.log(zoom)))
        aspect = np.exp(random.uniform(-0.18, 0.18))
        sx, sy = fit * aspect ** 0.5, fit / aspect ** 0.5
        # Where the tile is smaller than the picture, any part may show; where larger, any place will do.
        ox = x1 + random.uniform(min(0, x2 - x1 - w * sx), max(0, x2 - x1 - w * sx))
        oy = y1 + random.uniform(min(0, y2 - y1 - h * sy), max(0, y2 - y1 - h * sy))
        flip = random.random() < 0.5
        matrix = np.array([[sx, 0, ox - x1], [0, sy, oy - y1]], np.float32)
        if flip:
            matrix = np.array([[-sx, 0, ox - x1 + w * sx], [0, sy, oy - y1]], np.float32)
        how = cv2.INTER_AREA if fit < 0.6 else cv2.INTER_LINEAR
        part = cv2.warpAffine(picture.rgb, matrix, (x2 - x1, y2 - y1), flags=how, borderValue=(PAD,) * 3)
        out[y1:y2, x1:x2] = self.light(part)

        def moved(raw):
            box = raw.copy()
            if flip:
                box[:, [0, 2]] = w - raw[:, [2, 0]]
            box[:, [0, 2]] = box[:, [0, 2]] * sx + ox
            box[:, [1, 3]] = box[:, [1, 3]] * sy + oy
            whole = (box[:, 2] - box[:, 0]) * (box[:, 3] - box[:, 1])
            box[:, [0, 2]] = box[:, [0, 2]].clip(x1, x2)
            box[:, [1, 3]] = box[:, [1, 3]].clip(y1, y2)
            size = box[:, 2:] - box[:, :2]
            return box, size, size.prod(1) / np.maximum(whole, 1e-6)

        box, size, share = moved(picture.boxes[:, 1:])
        some = (size.min(1) > 1) & (share > 0.05)
        clear = some & (share > 0.35) & (size[:, 1] >= 5) & (size[:, 0] >= 3)
        boxes = np.concatenate([picture.boxes[:, :1], box], 1)[clear]
        region, size, _ = moved(picture.ignore)
        return boxes, np.concatenate([box[some & ~clear], region[size.min(1) > 1]])

    def light(self, part):
        random = self.random
        gain = np.exp(random.normal(0, 0.25))
        gamma = np.exp(random.normal(0, 0.25))
        tint = np.exp(random.normal(0, 0.06, 3))
        ramp = np.linspace(0, 1, 256)[:, None] ** gamma * gain * tint[None]
        table = (ramp * 255).clip(0, 255).astype(np.uint8)
        part = cv2.LUT(part, table[:, None, :].reshape(1, 256, 3))
        if random.random() < 0.15:
            grey = cv2.cvtColor(part, cv2.COLOR_RGB2GRAY)[..., None]
            share = random.uniform(0.3, 1)
            part = (part * (1 - share) + grey * share).astype(np.uint8)
        if random.random() < 0.15:
            part = cv2.GaussianBlur(part, (0, 0), random.uniform(0.4, 1.3))
        if random.random() < 0.2:
            noise = random.normal(0, random.uniform(2, 9), part.shape[:2] + (1,)).astype(np.float32)
            part = (part + noise).clip(0, 255).astype(np.uint8)
        return part


class Feeder:
    """Batches made ahead in processes of their own: threads would fight the training for Python's lock."""

    def __init__(self, pictures, batch, real_share, processes=1):
        context = multiprocessing.get_context("fork")
        self.mosaic = context.Value("d", 0.5)
        self.ready = context.Queue(maxsize=6)
        for seed in range(processes):
            maker = Augmenter(pictures, real_share, seed)
            context.Process(target=self.work, args=(maker, batch), daemon=True).start()

    def work(self, maker, batch):
        cv2.setNumThreads(0)
        while True:
            self.ready.put([maker.example(self.mosaic.value) for _ in range(batch)])

    def next(self):
        rgb, boxes, ignore = zip(*self.ready.get())
        tensor = torch.from_numpy(np.stack(rgb).transpose(0, 3, 1, 2))
        return tensor, [torch.from_numpy(b) for b in boxes], [torch.from_numpy(i) for i in ignore]
