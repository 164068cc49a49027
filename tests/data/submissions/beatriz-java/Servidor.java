import java.io.*;
import java.net.*;

public class Servidor {
    public static void main(String[] args) throws Exception {
        ServerSocket ss = new ServerSocket(65432, 50, InetAddress.getByName("127.0.0.1"));
        Socket s = ss.accept();
        BufferedReader entrada = new BufferedReader(new InputStreamReader(s.getInputStream()));
        PrintWriter saida = new PrintWriter(s.getOutputStream(), true);
        String linha;
        while ((linha = entrada.readLine()) != null) {
            System.out.println("Cliente: " + linha);
            saida.println(linha);
        }
        s.close();
        ss.close();
    }
}
