package br.edu.redes;

import java.net.*;

public class ServidorUDP {
    public static void main(String[] args) throws Exception {
        DatagramSocket socket = new DatagramSocket(65431);
        byte[] buffer = new byte[2048];
        while (true) {
            DatagramPacket recebido = new DatagramPacket(buffer, buffer.length);
            socket.receive(recebido);
            byte[] resposta = new byte[recebido.getLength()];
            for (int i = 0; i < resposta.length; i++) {
                byte b = buffer[i];
                resposta[i] = (b >= 'a' && b <= 'z') ? (byte) (b - 32) : b;
            }
            socket.send(new DatagramPacket(resposta, resposta.length, recebido.getAddress(), recebido.getPort()));
        }
    }
}
