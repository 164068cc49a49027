# asyncio; every body in chunks, header names in lower case, further headers, a status without a reason.
import asyncio
import mimetypes
import pathlib
from urllib.parse import unquote

ROOT = pathlib.Path("www").resolve()


async def serve(reader, writer):
    while True:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        except (asyncio.IncompleteReadError, ConnectionError):
            break
        method, target, version = head.split("\r\n")[0].split()
        close = "connection: close" in head.lower() or version == "HTTP/1.0"
        file = (ROOT / unquote(target).lstrip("/")).resolve()
        if file.is_dir():
            file = file / "index.html"
        inside = file.is_relative_to(ROOT) and file.is_file()
        status, body = (200, file.read_bytes()) if inside else (403, b"no")
        if not inside and ".." not in unquote(target):
            status, body = 404, b""
        if method not in ("GET", "HEAD"):
            status, body = 501, b"not implemented"
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        out = f"HTTP/1.1 {status} \r\nserver: near miss\r\nx-a: 1\r\ncontent-type: {kind}\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\n"
        if version == "HTTP/1.0":
            out += "connection: close\r\n\r\n"
        else:
            out += "transfer-encoding: chunked\r\n" + ("connection: close\r\n" if close else "") + "\r\n"
        writer.write(out.encode())
        if method != "HEAD":
            if version == "HTTP/1.0":
                writer.write(body)
            else:
                for at in range(0, len(body), 5000):
                    part = body[at:at + 5000]
                    writer.write(f"{len(part):X};extension=1\r\n".encode() + part + b"\r\n")
                writer.write(b"0\r\nX-Trailer: 1\r\n\r\n")
            await writer.drain()
        if close:
            break
    writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 8080)
    await server.serve_forever()


asyncio.run(main())
