"""Serve a clip by RTSP, with GStreamer and the system's Python. Usage: rtsp_server.py CLIP PORT."""

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

Gst.init(None)
clip, port = sys.argv[1:]
server = GstRtspServer.RTSPServer.new()
server.set_address("127.0.0.1")
server.set_service(port)

auth = GstRtspServer.RTSPAuth.new()
may_watch = GstRtspServer.RTSPToken.new()
may_watch.set_string("media.factory.role", "watcher")
basic = GstRtspServer.RTSPAuth.make_basic("curator", "SENTINEL-password")
auth.add_basic(basic, may_watch)
server.set_auth(auth)

factory = GstRtspServer.RTSPMediaFactory.new()
factory.set_launch(f"( filesrc location={clip} ! matroskademux ! rtpvp8pay name=pay0 )")
factory.set_shared(True)
factory.add_role_from_structure(
    Gst.Structure.new_from_string(
        "watcher, media.factory.access=(boolean)true, media.factory.construct=(boolean)true"
    )
)
server.get_mount_points().add_factory("/gallery", factory)
server.attach(None)
print(server.get_bound_port(), flush=True)
GLib.MainLoop().run()
