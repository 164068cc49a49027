import java.io.*;
import java.net.*;
import java.util.concurrent.*;

public class Principal {
    public static void main(String[] args) throws IOException {
        int porta = Integer.parseInt(args[0]);
        ExecutorService pool = Executors.newFixedThreadPool(10);
        ServerSocket ss = new ServerSocket(porta);
        for (;;) {
            final Socket s = ss.accept();
            pool.submit(() -> {
                try {
                    byte[] b = new byte[1024];
                    int n = s.getInputStream().read(b);
                    for (int i = 0; i < n; i++) {
                        b[i] = (byte) (b[i] >= 97 && b[i] <= 122 ? b[i] - 32 : b[i]);
                    }
                    if (n > 0) s.getOutputStream().write(b, 0, n);
                    s.close();
                } catch (IOException e) {
                    e.printStackTrace();
                }
            });
        }
    }
}
