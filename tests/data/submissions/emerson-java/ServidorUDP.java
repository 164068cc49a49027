import java.net.*;

public class ServidorUDP {
    public static void main(String[] args) throws Exception {
        DatagramSocket ds = new DatagramSocket(65431);
        while (true) {
            byte[] dados = new byte[1024];
            DatagramPacket p = new DatagramPacket(dados, dados.length);
            ds.receive(p);
            String texto = new String(p.getData()).toUpperCase();
            byte[] volta = texto.getBytes();
            ds.send(new DatagramPacket(volta, volta.length, p.getAddress(), p.getPort()));
        }
    }
}
