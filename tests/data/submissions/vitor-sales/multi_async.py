import asyncio

async def atender(reader, writer):
    dados = await reader.read(1024)
    print(writer.get_extra_info("peername"), "escreveu:", dados)
    writer.write(dados.strip().upper())
    await writer.drain()
    writer.close()

async def principal():
    servidor = await asyncio.start_server(atender, "127.0.0.1", 65432)
    async with servidor:
        await servidor.serve_forever()

asyncio.run(principal())
