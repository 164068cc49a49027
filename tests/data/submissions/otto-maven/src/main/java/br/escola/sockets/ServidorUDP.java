package br.escola.sockets;

import java.net.DatagramPacket;
import java.net.DatagramSocket;

public class ServidorUDP {
    public static void main(String[] args) throws Exception {
        DatagramSocket socket = new DatagramSocket(Config.PORTA);
        byte[] buffer = new byte[4096];
        while (true) {
            DatagramPacket pacote = new DatagramPacket(buffer, buffer.length);
            socket.receive(pacote);
            byte[] texto = Texto.maiusculas(pacote.getData(), pacote.getLength());
            socket.send(new DatagramPacket(texto, texto.length, pacote.getSocketAddress()));
        }
    }
}
