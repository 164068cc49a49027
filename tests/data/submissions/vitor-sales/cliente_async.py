import asyncio

async def main():
    r, w = await asyncio.open_connection("127.0.0.1", 65432)
    w.write(b"mensagem do cliente")
    print((await r.read(1024)).decode())
    w.close()

asyncio.run(main())
