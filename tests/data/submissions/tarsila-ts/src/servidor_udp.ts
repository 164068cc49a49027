import { createSocket, type RemoteInfo, type Socket } from "node:dgram";

const servidor: Socket = createSocket("udp4");

servidor.on("message", (mensagem: Buffer, de: RemoteInfo): void => {
    const resposta: string = mensagem.toString().toUpperCase();
    servidor.send(resposta, de.port, de.address);
});
servidor.bind(65431, "127.0.0.1");
