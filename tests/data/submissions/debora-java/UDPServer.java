import java.net.DatagramPacket;
import java.net.DatagramSocket;

class UDPServer {
    public static void main(String argv[]) throws Exception {
        DatagramSocket serverSocket = new DatagramSocket(65431);
        byte[] receiveData = new byte[1024];
        while (true) {
            DatagramPacket receivePacket = new DatagramPacket(receiveData, receiveData.length);
            serverSocket.receive(receivePacket);
            String sentence = new String(receivePacket.getData(), 0, receivePacket.getLength());
            byte[] sendData = sentence.toUpperCase().getBytes();
            serverSocket.send(new DatagramPacket(sendData, sendData.length,
                    receivePacket.getAddress(), receivePacket.getPort()));
        }
    }
}
