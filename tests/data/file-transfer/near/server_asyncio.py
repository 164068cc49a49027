"""asyncio streams."""
import asyncio
import pathlib

FOLDER = pathlib.Path("files").resolve()


async def serve(reader, writer):
    try:
        while line := await reader.readline():
            words = line.decode().split()
            path = (FOLDER / words[1]).resolve()
            inside = path.parent == FOLDER
            if words[0] == "PUT":
                data = await reader.readexactly(int(words[2]))
                if inside:
                    path.write_bytes(data)
                    writer.write(f"OK {len(data)}\n".encode())
                else:
                    writer.write(b"ERROR outside\n")
            elif inside and path.is_file():
                data = path.read_bytes()
                writer.write(f"OK {len(data)}\n".encode())
                writer.write(data)
            else:
                writer.write(b"ERROR no file\n")
            await writer.drain()
    except asyncio.IncompleteReadError:
        pass
    finally:
        writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 65434)
    await server.serve_forever()


asyncio.run(main())
