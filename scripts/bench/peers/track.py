"""Runs peer trackers over recorded detections.

    python track.py DETECTIONS JOBS TRACKS

DETECTIONS is a folder of NAME.json: {"framesPerSecond": n, "timesS": [...], "frames": [[[x1, y1, x2, y2, score], ...], ...]}.
JOBS is a file with [{"job": name, "tracker": "bytetrack" | "ocsort", "parameters": {...}}, ...]; parameters are those
of the tracker's class, and "timestamps": true hands it the time of each frame. Each job writes
TRACKS/JOB/NAME.json: {"frames": [[[id, x1, y1, x2, y2], ...], ...], "seconds": total time in update()}. The last line
on standard output is {"versions": {...}}.
"""

import json
import sys
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np
import supervision as sv
from trackers import ByteTrackTracker, OCSORTTracker

TRACKERS = {"bytetrack": ByteTrackTracker, "ocsort": OCSORTTracker}


def track(recording: dict, job: dict) -> dict:
    parameters = dict(job["parameters"])
    timestamps = parameters.pop("timestamps", False)
    tracker = TRACKERS[job["tracker"]](frame_rate=float(recording["framesPerSecond"]), **parameters)
    frames = []
    seconds = 0.0
    for time_s, boxes in zip(recording["timesS"], recording["frames"], strict=True):
        rows = np.array(boxes, dtype=np.float64).reshape(-1, 5)
        detections = sv.Detections(
            xyxy=rows[:, :4], confidence=rows[:, 4], class_id=np.zeros(len(rows), dtype=int)
        )
        started = time.perf_counter()
        tracked = tracker.update(detections, timestamp=time_s) if timestamps else tracker.update(detections)
        seconds += time.perf_counter() - started
        ids = tracked.tracker_id if tracked.tracker_id is not None else []
        frames.append([[int(id), *map(float, box)] for id, box in zip(ids, tracked.xyxy) if id >= 0])
    return {"frames": frames, "seconds": seconds}


def main(detections: Path, jobs: Path, tracks: Path) -> None:
    recordings = {path.stem: json.loads(path.read_text()) for path in sorted(detections.glob("*.json"))}
    for job in json.loads(jobs.read_text()):
        folder = tracks / job["job"]
        folder.mkdir(parents=True, exist_ok=True)
        for name, recording in recordings.items():
            (folder / f"{name}.json").write_text(json.dumps(track(recording, job)))
    print(json.dumps({"versions": {name: version(name) for name in ("trackers", "supervision")}}))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
