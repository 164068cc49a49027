package br.edu.redes;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

class Atendente implements Runnable {
    private final Socket cliente;

    Atendente(Socket cliente) {
        this.cliente = cliente;
    }

    @Override
    public void run() {
        byte[] dados = new byte[1024];
        try (cliente) {
            int n = cliente.getInputStream().read(dados);
            if (n > 0) {
                String texto = new String(dados, 0, n, StandardCharsets.UTF_8);
                System.out.println(cliente.getInetAddress() + " escreveu: " + texto);
                cliente.getOutputStream().write(texto.toUpperCase().getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            System.err.println(e.getMessage());
        }
    }
}
