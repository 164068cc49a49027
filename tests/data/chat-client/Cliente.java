import java.io.*;
import java.net.*;
import java.nio.charset.StandardCharsets;

public class Cliente {
    public static void main(String[] args) {
        try (Socket socket = new Socket(args[0], Integer.parseInt(args[1]))) {
            BufferedReader servidor = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            PrintWriter saida = new PrintWriter(new OutputStreamWriter(socket.getOutputStream(), StandardCharsets.UTF_8), true);
            Thread leitor = new Thread(() -> {
                try {
                    String linha;
                    while ((linha = servidor.readLine()) != null) System.out.println(linha);
                } catch (IOException erro) {
                    System.err.println("erro: " + erro.getMessage());
                }
                System.exit(0);
            });
            leitor.start();
            BufferedReader teclado = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            String linha;
            while ((linha = teclado.readLine()) != null) { saida.print(linha + "\n"); saida.flush(); }
            saida.flush();
            socket.shutdownOutput();
            leitor.join();
        } catch (IOException erro) {
            System.err.println("erro: " + erro.getMessage());
            System.exit(1);
        } catch (InterruptedException erro) {
            Thread.currentThread().interrupt();
        }
    }
}
