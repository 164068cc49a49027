import java.io.*;
import java.net.*;

public class EchoClient {
    public static void main(String[] args) throws IOException {
        Socket s = new Socket("localhost", 65432);
        s.getOutputStream().write("ola servidor".getBytes());
        byte[] b = new byte[1024];
        int n = s.getInputStream().read(b);
        System.out.println("Resposta: " + new String(b, 0, n));
        s.close();
    }
}
