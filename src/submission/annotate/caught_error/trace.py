# Runs a program and prints the mistakes that it catches after its first client or message, one line
# each. Given to the interpreter with -c, so that no file has to be visible to the program.
import os
import runpy
import sys
import threading

folder = os.path.dirname(os.path.abspath(sys.argv[1]))
state = {"served": False}
reported = set()
own_files = {}


def is_own(name):
    if name not in own_files:
        own_files[name] = os.path.abspath(name).startswith(folder + os.sep) and not name.startswith("<")
    return own_files[name]


def watch_calls(_frame, event, arg):
    served = ("_accept", "recv", "recvfrom", "recv_into", "recvfrom_into")
    if event == "c_return" and getattr(arg, "__name__", "") in served:
        state["served"] = True
        sys.setprofile(None)


def watch_errors(frame, event, arg):
    if not is_own(frame.f_code.co_filename):
        return None
    frame.f_trace_lines = False
    # Never the way on which a sound program goes: not so KeyError, OSError or other ValueErrors.
    mistakes = (NameError, TypeError, AttributeError, UnicodeError)
    if event == "exception" and state["served"] and issubclass(arg[0], mistakes):
        report(frame, *arg)
    return watch_errors


def report(frame, kind, value, trace):
    inner = trace.tb_next
    while inner is not None:
        if is_own(inner.tb_frame.f_code.co_filename):
            return
        inner = inner.tb_next
    place = (frame.f_code.co_filename, trace.tb_lineno)
    if place in reported or len(reported) > 20:
        return
    reported.add(place)
    text = ("%s: %s" % (kind.__name__, value)).splitlines()[0][:300]
    line = "\nsocklab-caught\t%s\t%d\t%s\n" % (os.path.relpath(place[0], folder), place[1], text)
    os.write(2, line.encode("utf-8", "replace"))


del sys.argv[0]
sys.path[0] = folder
threading.setprofile(watch_calls)
threading.settrace(watch_errors)
sys.setprofile(watch_calls)
sys.settrace(watch_errors)
runpy.run_path(sys.argv[0], run_name="__main__")
