"""The detector's network: plain 3x3 convolutions, which ONNX Runtime runs near a CPU's peak, and ReLU.

Input uint8 RGB [n, 3, H, W]; H and W are multiples of 32 (512x288 as published). Strides 8, 16, 32.
Training output: scores as logits [n, A, C] and distances to the four sides in strides [n, A, 4].
Exported output (decode=True): [n, 4 + C, A] centre x, y, width, height in input pixels, then scores 0..1:
the layout that the card calls `yolov8`.
"""

import torch
from torch import nn

CLASSES = ["car", "motorcycle", "bus", "truck", "bicycle", "person"]
STRIDES = (8, 16, 32)


class Conv(nn.Module):
    """Convolution, batch norm, ReLU."""

    def __init__(self, inputs, outputs, kernel=3, stride=1, groups=1):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False)
        self.norm = nn.BatchNorm2d(outputs, eps=1e-3, momentum=0.03)

    def forward(self, x):
        return torch.relu_(self.norm(self.conv(x)))


class Block(nn.Module):
    """Cross-stage partial block: half of the channels pass through residual pairs of 3x3 convolutions."""

    def __init__(self, inputs, outputs, pairs=1, shortcut=True):
        super().__init__()
        half = outputs // 2
        self.half = half
        self.enter = Conv(inputs, outputs, 1)
        self.pairs = nn.ModuleList(
            nn.Sequential(Conv(half, half), Conv(half, half)) for _ in range(pairs)
        )
        self.leave = Conv(half * (2 + pairs), outputs, 1)
        self.shortcut = shortcut

    def forward(self, x):
        parts = list(self.enter(x).split(self.half, 1))
        for pair in self.pairs:
            y = pair(parts[-1])
            parts.append(parts[-1] + y if self.shortcut else y)
        return self.leave(torch.cat(parts, 1))


class Context(nn.Module):
    """Three chained 5x5 maxima: what is around, up to the whole picture, for next to nothing."""

    def __init__(self, channels):
        super().__init__()
        self.enter = Conv(channels, channels // 2, 1)
        self.leave = Conv(channels * 2, channels, 1)
        self.pool = nn.MaxPool2d(5, 1, 2)

    def forward(self, x):
        parts = [self.enter(x)]
        for _ in range(3):
            parts.append(self.pool(parts[-1]))
        return self.leave(torch.cat(parts, 1))


class Head(nn.Module):
    """One 3x3 convolution, then scores and distances; the level at stride 8 takes a cheaper one."""

    def __init__(self, channels, width, classes, cheap):
        super().__init__()
        if cheap:
            self.stem = nn.Sequential(Conv(channels, channels, 3, groups=channels), Conv(channels, width, 1))
        else:
            self.stem = Conv(channels, width)
        self.scores = nn.Conv2d(width, classes, 1)
        self.sides = nn.Conv2d(width, 4, 1)
        nn.init.constant_(self.scores.bias, -4.6)
        nn.init.constant_(self.sides.bias, 0.7)

    def forward(self, x):
        x = self.stem(x)
        return self.scores(x), self.sides(x)


class Detector(nn.Module):
    def __init__(self, classes=len(CLASSES)):
        super().__init__()
        self.stem = nn.Sequential(Conv(3, 12, 3, 2), Conv(12, 24, 3, 2))
        self.stage8 = nn.Sequential(Conv(24, 48, 3, 2), Block(48, 48, 1))
        self.stage16 = nn.Sequential(Conv(48, 96, 3, 2), Block(96, 96, 1))
        self.stage32 = nn.Sequential(Conv(96, 128, 3, 2), Block(128, 128, 2), Context(128))
        self.narrow32 = Conv(128, 64, 1)
        self.merge16 = Block(96 + 64, 64, 1, shortcut=False)
        self.narrow16 = Conv(64, 48, 1)
        self.merge8 = Block(48 + 48, 48, 1, shortcut=False)
        self.down16 = Conv(48, 48, 3, 2)
        self.out16 = Block(48 + 64, 64, 1, shortcut=False)
        self.down32 = Conv(64, 64, 3, 2)
        self.out32 = Block(64 + 64, 96, 1, shortcut=False)
        self.up = nn.Upsample(scale_factor=2, mode="nearest")
        self.heads = nn.ModuleList(
            [Head(48, 48, classes, True), Head(64, 64, classes, False), Head(96, 64, classes, False)]
        )

    def forward(self, x, decode=False):
        x = x.float() * (1 / 127.5) - 1
        x8 = self.stage8(self.stem(x))
        x16 = self.stage16(x8)
        x32 = self.narrow32(self.stage32(x16))
        y16 = self.merge16(torch.cat([x16, self.up(x32)], 1))
        y8 = self.merge8(torch.cat([x8, self.up(self.narrow16(y16))], 1))
        y16 = self.out16(torch.cat([self.down16(y8), y16], 1))
        y32 = self.out32(torch.cat([self.down32(y16), x32], 1))
        levels = [head(y) for head, y in zip(self.heads, (y8, y16, y32))]
        scores = torch.cat([s.flatten(2) for s, _ in levels], 2)
        sides = torch.cat([d.flatten(2) for _, d in levels], 2)
        if not decode:
            return scores.transpose(1, 2).float(), sides.transpose(1, 2).float().clamp(-5, 5).exp()
        middles, stride = anchors([s.shape[-2:] for s, _ in levels], x.device)
        sides = sides.clamp(-5, 5).exp() * stride.t()
        left, top, right, bottom = sides.split(1, 1)
        mx, my = middles.t()[None].split(1, 1)
        boxes = [mx + (right - left) / 2, my + (bottom - top) / 2, left + right, top + bottom]
        return torch.cat([*boxes, scores.sigmoid()], 1)


def anchors(shapes, device):
    """Middles of the cells in input pixels [A, 2], and their strides [A, 1]."""
    middles, strides = [], []
    for (h, w), stride in zip(shapes, STRIDES):
        y, x = torch.meshgrid(torch.arange(h), torch.arange(w), indexing="ij")
        middles.append((torch.stack([x, y], -1).view(-1, 2) + 0.5) * stride)
        strides.append(torch.full((h * w, 1), float(stride)))
    return torch.cat(middles).float().to(device), torch.cat(strides).to(device)
