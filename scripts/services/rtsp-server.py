"""A simulated RTSP camera: serves H.264 clips with GStreamer's RTSP server, and can misbehave on command.

Run with the system's python3 (python3-gi, gir1.2-gst-rtsp-server-1.0, gstreamer1.0-plugins-{base,good,bad}).
Standard input: first one line of JSON {"host", "port", "auth": {"user", "password", "method"} or null,
"mounts": {path: {"clip", "loop"}}}, then one JSON command a line:
    {"id": n, "mount": "/cam", "mode": "moving" | "frozen" | "corrupt" | "held"}
    {"id": n, "mount": "/cam", "clip": "other.mp4"}
Standard output: {"ready": true, "port": n}, then one answer {"id": n} or {"id": n, "error": "..."} a command,
and {"pass": "/cam", "atMs": t} whenever a clip begins from its first picture: when a viewer presses PLAY, at the
loop's seam and after a command; t is UTC in ms.
Ends when standard input ends, so that it cannot outlive the process that started it.

Frames are read once, kept in memory and pushed at their own pace with time stamps that go on growing across
the loop's seam. A clip starts when its first viewer presses PLAY; further viewers share the same stream.
"""

import json
import random
import sys
import threading
import time

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstApp", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstApp, GstRtsp, GstRtspServer  # noqa: E402, F401

CAPS = "video/x-h264,stream-format=byte-stream,alignment=au"


class Clip:
    """Access units of a clip in decoding order: (dts, pts, is_keyframe, bytes), times in ns from the first dts."""

    def __init__(self, path):
        pipeline = Gst.parse_launch(
            "filesrc name=file ! parsebin ! h264parse config-interval=-1 ! " + CAPS + " ! appsink name=out sync=false"
        )
        pipeline.get_by_name("file").set_property("location", path)
        out = pipeline.get_by_name("out")
        pipeline.set_state(Gst.State.PLAYING)
        units = []
        caps = None
        while True:
            sample = out.emit("try-pull-sample", Gst.SECOND // 10)
            if sample is None:
                error = pipeline.get_bus().pop_filtered(Gst.MessageType.ERROR)
                if error is not None:
                    pipeline.set_state(Gst.State.NULL)
                    raise ValueError(f"{path}: {error.parse_error()[0].message}")
                if out.get_property("eos"):
                    break
                continue
            buffer = sample.get_buffer()
            caps = sample.get_caps()
            pts = buffer.pts
            dts = buffer.dts if buffer.dts != Gst.CLOCK_TIME_NONE else pts
            key = not buffer.has_flags(Gst.BufferFlags.DELTA_UNIT)
            units.append((dts, pts, key, buffer.extract_dup(0, buffer.get_size())))
        pipeline.set_state(Gst.State.NULL)
        if not units or not units[0][2]:
            raise ValueError(f"{path}: expected a clip with H.264 video that starts with a keyframe")
        first = units[0][0]
        self.units = [(dts - first, pts - first, key, data) for dts, pts, key, data in units]
        ok, numerator, denominator = caps.get_structure(0).get_fraction("framerate")
        spacing = (self.units[-1][0]) // max(1, len(units) - 1)
        self.frame_ns = Gst.SECOND * denominator // numerator if ok and numerator > 0 else spacing
        self.length_ns = self.units[-1][0] + self.frame_ns


class Mount:
    """What one path serves now; changed by commands, read by the feeders of its media."""

    def __init__(self, name, path, loop):
        self.name = name
        self.clip = Clip(path)
        self.loop = loop
        self.mode = "moving"


class Feeder(threading.Thread):
    """Pushes a mount's frames into one media until the media is gone."""

    def __init__(self, mount, source, media):
        super().__init__(daemon=True)
        self.mount = mount
        self.source = source
        self.gone = threading.Event()
        self.playing = threading.Event()
        media.connect("new-state", self.on_state)
        media.connect("unprepared", lambda _: self.gone.set())

    def on_state(self, _media, state):
        if state == Gst.State.PLAYING:
            self.playing.set()

    def push(self, data, dts, pts, key):
        buffer = Gst.Buffer.new_wrapped(data)
        buffer.dts = dts
        buffer.pts = pts
        if not key:
            buffer.set_flags(Gst.BufferFlags.DELTA_UNIT)
        return self.source.emit("push-buffer", buffer) == Gst.FlowReturn.OK

    def run(self):
        """`at` is where the current pass over the clip begins on the stream's own clock, in ns."""
        clip, index, at, mode = self.mount.clip, 0, 0, "moving"
        last_key = clip.units[0][3]
        started = None
        # Of the stream's own clock, ms: says when a picture is due, not when a busy machine gets to send it.
        epoch = 0
        while not self.gone.is_set():
            wanted = self.mount.mode
            if started is None and wanted == "held":
                # Without its first frame the stream cannot be described: viewers wait, as before a hung camera.
                self.gone.wait(0.1)
                continue
            if clip is not self.mount.clip or (mode != "moving" and wanted == "moving"):
                # Only a keyframe can follow a break: begin the clip again at the present stream time.
                at += clip.units[min(index, len(clip.units) - 1)][0] if index < len(clip.units) else clip.length_ns
                clip, index = self.mount.clip, 0
                last_key = clip.units[0][3]
            mode = wanted
            if index >= len(clip.units):
                at += clip.length_ns
                index = 0
                if not self.mount.loop and mode == "moving":
                    self.source.emit("end-of-stream")
                    return
            dts, pts, key, data = clip.units[index]
            if started is not None:
                wait = (at + dts) / 1e9 - (time.monotonic() - started)
                if wait > 0 and self.gone.wait(wait):
                    return
                if index == 0 and mode == "moving":
                    say({"pass": self.mount.name, "atMs": epoch + (at + pts) / 1e6})
            if key and mode == "moving":
                last_key = data
            if mode == "frozen":
                # The last keyframe again and again: packets keep coming, the picture stands still.
                sent = self.push(last_key, at + dts, at + dts, True)
            elif mode == "corrupt":
                sent = self.push(corrupted(data, index), at + dts, at + pts, key)
            elif mode == "held":
                sent = True
            else:
                sent = self.push(data, at + dts, at + pts, key)
            if not sent:
                return
            index += 1
            if started is None:
                # The first frame lets the server describe the stream; it is held back until PLAY.
                while not self.playing.wait(0.1):
                    if self.gone.is_set():
                        return
                started = time.monotonic()
                epoch = time.time() * 1000
                say({"pass": self.mount.name, "atMs": epoch + (at + pts) / 1e6})


def corrupted(data, seed):
    """The same NAL units with their contents replaced by noise, parameter sets included."""
    noise = random.Random(seed)
    out = bytearray(data)
    position = data.find(b"\x00\x00\x01")
    while position >= 0:
        following = data.find(b"\x00\x00\x01", position + 3)
        end = following if following >= 0 else len(data)
        for i in range(position + 4, end):
            out[i] = noise.randrange(1, 256)
        position = following
    return bytes(out)


class Factory(GstRtspServer.RTSPMediaFactory):
    def __init__(self, mount):
        super().__init__()
        self.mount = mount
        self.set_shared(True)

    def do_create_element(self, _url):
        return Gst.parse_launch(
            "( appsrc name=source is-live=true format=time max-bytes=0 caps=" + CAPS + " ! rtph264pay name=pay0 pt=96 )"
        )

    def do_configure(self, media):
        source = media.get_element().get_by_name("source")
        Feeder(self.mount, source, media).start()


def authentication(user, password, method):
    auth = GstRtspServer.RTSPAuth()
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    if method == "digest":
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        auth.add_digest(user, password, token)
    else:
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
    return auth


speaking = threading.Lock()


def say(answer):
    with speaking:
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def obey(command, mounts):
    mount = mounts[command["mount"]]
    if "clip" in command:
        mount.clip = Clip(command["clip"])
    if "mode" in command:
        if command["mode"] not in ("moving", "frozen", "corrupt", "held"):
            raise ValueError(f"mode: expected moving, frozen, corrupt or held, got {command['mode']}")
        mount.mode = command["mode"]


def follow(mounts, loop):
    for line in sys.stdin:
        command = json.loads(line)
        try:
            obey(command, mounts)
            say({"id": command["id"]})
        except (KeyError, ValueError, GLib.Error) as error:
            say({"id": command["id"], "error": str(error)})
    GLib.idle_add(loop.quit)


def main():
    Gst.init(None)
    settings = json.loads(sys.stdin.readline())
    server = GstRtspServer.RTSPServer()
    server.set_address(settings["host"])
    server.set_service(str(settings["port"]))
    if settings["auth"]:
        server.set_auth(authentication(**settings["auth"]))
    mounts = {}
    for path, mount in settings["mounts"].items():
        try:
            mounts[path] = Mount(path, mount["clip"], mount["loop"])
        except (ValueError, GLib.Error) as error:
            say({"error": str(error)})
            return 1
        factory = Factory(mounts[path])
        if settings["auth"]:
            permissions = GstRtspServer.RTSPPermissions()
            permissions.add_permission_for_role("viewer", "media.factory.access", True)
            permissions.add_permission_for_role("viewer", "media.factory.construct", True)
            factory.set_permissions(permissions)
        server.get_mount_points().add_factory(path, factory)
    if server.attach(None) == 0:
        say({"error": f"port {settings['port']} of {settings['host']} is busy"})
        return 1
    loop = GLib.MainLoop()
    say({"ready": True, "port": server.get_bound_port()})
    threading.Thread(target=follow, args=(mounts, loop), daemon=True).start()
    loop.run()
    return 0


sys.exit(main())
