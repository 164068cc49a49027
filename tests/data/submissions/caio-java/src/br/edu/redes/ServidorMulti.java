package br.edu.redes;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;

public class ServidorMulti {
    static final int PORTA = 65432;

    public static void main(String[] args) throws IOException {
        try (ServerSocket servidor = new ServerSocket(PORTA)) {
            while (true) {
                Socket cliente = servidor.accept();
                new Thread(new Atendente(cliente)).start();
            }
        }
    }
}
