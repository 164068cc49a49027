import net from "node:net";
import { porta, endereco } from "./config.js";

const servidor = net.createServer((cliente) => {
  cliente.on("data", (dados) => cliente.write(dados));
});
servidor.listen(porta, endereco);
