"""Task-aligned assignment (Feng et al., TOOD, 2021) and the losses on what it assigns.

Each true box gets its `TOP` cells with the highest score^0.5 * IoU^6 among the cells whose middle lies in it; a cell
wanted by several boxes goes to the one that it overlaps most. The score to learn is the alignment, scaled so that the
best cell's target is its IoU. Boxes learn by complete IoU (Zheng et al., 2020).
"""

import math

import torch
import torch.nn.functional as F

TOP = 10


def losses(scores, sides, boxes, ignore, middles, stride):
    """scores [n, A, C] logits, sides [n, A, 4] in strides, boxes: list of [g, 5], ignore: list of [m, 4], pixels."""
    distance = sides * stride
    found = torch.cat([middles - distance[..., :2], middles + distance[..., 2:]], -1)
    targets = torch.zeros_like(scores)
    weights = torch.ones_like(scores[..., :1])
    rows, cells, wanted = [], [], []
    with torch.no_grad():
        for n in range(len(boxes)):
            if len(ignore[n]):
                weights[n, inside(middles, ignore[n]).any(0)] = 0
            if not len(boxes[n]):
                continue
            cell, which, strength = assign(scores[n].detach(), found[n].detach(), boxes[n], middles, stride)
            targets[n, cell, boxes[n][which, 0].long()] = strength
            weights[n, cell] = 1
            rows.append(torch.full_like(cell, n))
            cells.append(cell)
            wanted.append(boxes[n][which, 1:])
    total = targets.sum().clamp(min=1)
    score_loss = (F.binary_cross_entropy_with_logits(scores, targets, reduction="none") * weights).sum() / total
    if not rows:
        return score_loss, scores.sum() * 0
    rows, cells = torch.cat(rows), torch.cat(cells)
    strength = targets[rows, cells].sum(-1)
    box_loss = ((1 - complete_iou(found[rows, cells], torch.cat(wanted))) * strength).sum() / total
    return score_loss, box_loss


def assign(scores, found, boxes, middles, stride):
    """Returns cells [k], the box of each [k] and the score to learn [k]."""
    true = boxes[:, 1:]
    within = inside(middles, true)
    # A box smaller than its cell may hold no middle: its nearest fine cell stands in.
    empty = ~within.any(1)
    if empty.any():
        middle = (true[empty, :2] + true[empty, 2:]) / 2
        nearest = ((middles[None] - middle[:, None]).pow(2).sum(-1) + stride[:, 0] ** 2).argmin(1)
        within[empty.nonzero()[:, 0], nearest] = True
    overlap = iou(true, found).clamp(min=1e-4)
    alignment = scores[:, boxes[:, 0].long()].sigmoid().t() ** 0.5 * overlap**6 * within
    value, cell = alignment.topk(min(TOP, alignment.shape[1]), 1)
    taken = torch.zeros_like(within).scatter_(1, cell, value > 0)
    several = taken.sum(0) > 1
    if several.any():
        best = (overlap * taken)[:, several].argmax(0)
        taken[:, several] = F.one_hot(best, len(true)).t().bool()
    which, cell = taken.nonzero(as_tuple=True)
    strength = alignment * taken
    most = strength.amax(1, keepdim=True).clamp(min=1e-12)
    best_overlap = (overlap * taken).amax(1, keepdim=True)
    return cell, which, (strength / most * best_overlap)[which, cell]


def inside(middles, boxes):
    """[g, A]: whether a cell's middle lies in a box."""
    x, y = middles[None, :, 0], middles[None, :, 1]
    return (x > boxes[:, :1]) & (y > boxes[:, 1:2]) & (x < boxes[:, 2:3]) & (y < boxes[:, 3:4])


def iou(a, b):
    """[g, A] of boxes [g, 4] and [A, 4]."""
    top = torch.maximum(a[:, None, :2], b[None, :, :2])
    low = torch.minimum(a[:, None, 2:], b[None, :, 2:])
    shared = (low - top).clamp(min=0).prod(-1)
    area = lambda x: (x[:, 2:] - x[:, :2]).prod(-1)
    return shared / (area(a)[:, None] + area(b)[None] - shared + 1e-7)


def complete_iou(a, b):
    """[k] of pairs [k, 4]."""
    shared = (torch.minimum(a[:, 2:], b[:, 2:]) - torch.maximum(a[:, :2], b[:, :2])).clamp(min=0).prod(-1)
    size_a, size_b = a[:, 2:] - a[:, :2], b[:, 2:] - b[:, :2]
    plain = shared / (size_a.prod(-1) + size_b.prod(-1) - shared + 1e-7)
    hull = torch.maximum(a[:, 2:], b[:, 2:]) - torch.minimum(a[:, :2], b[:, :2])
    apart = ((a[:, :2] + a[:, 2:] - b[:, :2] - b[:, 2:]) ** 2).sum(-1) / 4
    shape = 4 / math.pi**2 * (torch.atan(size_b[:, 0] / size_b[:, 1].clamp(min=1e-3)) - torch.atan(size_a[:, 0] / size_a[:, 1].clamp(min=1e-3))) ** 2
    with torch.no_grad():
        share = shape / (1 - plain + shape + 1e-7)
    return plain - apart / (hull.pow(2).sum(-1) + 1e-7) - share * shape
