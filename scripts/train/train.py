"""Trains the detector from scratch: python train.py --manifest train-real.jsonl train-rendered.jsonl --out model.pt --minutes 60

The schedule follows the clock, so that it ends in time on any machine. Uses a GPU where one is at hand."""

import argparse
import copy
import math
import time

import torch

from loss import losses
from network import Detector, anchors
from pictures import HEIGHT, WIDTH, Feeder, load


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--manifest", nargs="+", required=True)
    options.add_argument("--out", required=True)
    options.add_argument("--start", help="a checkpoint of ours to go on from")
    options.add_argument("--minutes", type=float, default=60)
    options.add_argument("--batch", type=int, default=32)
    options.add_argument("--rate", type=float, default=3e-3)
    options.add_argument("--real-share", type=float, default=0.5, help="share of real pictures among the examples")
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    torch.manual_seed(given.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    pictures = load(given.manifest)
    print(f"{len(pictures)} pictures, {sum(len(one.boxes) for one in pictures)} boxes, on {device}", flush=True)
    feeder = Feeder(pictures, given.batch, given.real_share, processes=12 if device == "cuda" else 1)
    model = Detector().to(device, memory_format=torch.channels_last)
    if given.start:
        model.load_state_dict(torch.load(given.start, map_location=device))
    average = copy.deepcopy(model).eval()
    decayed = [p for p in model.parameters() if p.ndim > 1]
    other = [p for p in model.parameters() if p.ndim <= 1]
    optimiser = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": 0.03}, {"params": other, "weight_decay": 0.0}], lr=given.rate
    )
    middles, stride = anchors([(HEIGHT // s, WIDTH // s) for s in (8, 16, 32)], device)
    started = time.monotonic()
    step, shown = 0, [0.0, 0.0]
    while (done := (time.monotonic() - started) / 60 / given.minutes) < 1:
        rate = given.rate * min(1, (step + 1) / 200) * (0.01 + 0.99 * (1 + math.cos(math.pi * done)) / 2)
        for group in optimiser.param_groups:
            group["lr"] = rate
        # The last stretch sees pictures as a camera gives them.
        feeder.mosaic.value = 0.5 if done < 0.85 else 0.0
        rgb, boxes, ignore = feeder.next()
        rgb = rgb.to(device, memory_format=torch.channels_last)
        with torch.autocast(device, dtype=torch.bfloat16):
            scores, sides = model(rgb)
        score_loss, box_loss = losses(
            scores, sides, [b.to(device) for b in boxes], [i.to(device) for i in ignore], middles, stride
        )
        optimiser.zero_grad(set_to_none=True)
        (score_loss + 5 * box_loss).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 10)
        optimiser.step()
        step += 1
        with torch.no_grad():
            keep = min(0.998, step / (step + 20))
            for ours, theirs in zip(average.state_dict().values(), model.state_dict().values()):
                if ours.dtype.is_floating_point:
                    ours.lerp_(theirs, 1 - keep)
                else:
                    ours.copy_(theirs)
        shown[0] += score_loss.item()
        shown[1] += box_loss.item()
        if step % 50 == 0:
            spent = time.monotonic() - started
            print(
                f"step {step}  {spent / 60:.1f} min  {step * given.batch / spent:.0f} pictures/s  rate {rate:.5f}"
                f"  score {shown[0] / 50:.3f}  box {shown[1] / 50:.3f}",
                flush=True,
            )
            shown = [0.0, 0.0]
        if step % 100 == 0:
            torch.save(average.state_dict(), given.out)
    torch.save(average.state_dict(), given.out)
    print(f"{step} steps, {step * given.batch} pictures, {(time.monotonic() - started) / 60:.1f} min: {given.out}")


if __name__ == "__main__":
    main()
