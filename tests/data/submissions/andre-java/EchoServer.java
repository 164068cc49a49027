import java.io.*;
import java.net.*;

public class EchoServer {
    public static void main(String[] args) throws IOException {
        ServerSocket servidor = new ServerSocket(65432);
        System.out.println("Ouvindo na porta 65432");
        Socket cliente = servidor.accept();
        InputStream in = cliente.getInputStream();
        OutputStream out = cliente.getOutputStream();
        byte[] buffer = new byte[4096];
        int lidos;
        while ((lidos = in.read(buffer)) != -1) {
            out.write(buffer, 0, lidos);
            out.flush();
        }
        cliente.close();
        servidor.close();
    }
}
