import * as net from "node:net";

interface Endereco {
    host: string;
    porta: number;
}

const aqui: Endereco = { host: "127.0.0.1", porta: 65432 };

// Devolve tudo o que chega, até o cliente terminar.
const servidor: net.Server = net.createServer((cliente: net.Socket): void => {
    cliente.on("data", (dados: Buffer): void => {
        cliente.write(dados);
    });
    cliente.on("error", (): void => undefined);
});

servidor.listen(aqui.porta, aqui.host, (): void => console.log(`TCP em ${aqui.host}:${aqui.porta}`));
