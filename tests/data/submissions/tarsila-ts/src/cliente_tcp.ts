import { connect, type Socket } from "node:net";

const servidor: Socket = connect(65432, "127.0.0.1", (): void => {
    servidor.write("Olá, servidor");
});
servidor.on("data", (dados: Buffer): void => {
    console.log(`Recebido: ${dados.toString()}`);
    servidor.end();
});
