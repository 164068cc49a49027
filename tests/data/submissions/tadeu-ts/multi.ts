import { createServer, type Socket } from "node:net";

// Cada cliente recebe a sua mensagem em maiúsculas, com uma saudação na frente.
createServer((cliente: Socket): void => {
    cliente.once("data", (dados: Buffer): void => {
        cliente.end(`Servidor: ${dados.toString().toUpperCase()}`);
    });
    cliente.on("error", (): void => undefined);
}).listen(65432, "127.0.0.1");
