// A correct echo server that answers late: its argument says what it waits for before each answer.
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

public class Late {
    static void await(String mode, Socket client) throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        switch (mode) {
            case "sleep" -> Thread.sleep(1000);
            case "wait" -> {
                Object monitor = new Object();
                synchronized (monitor) {
                    monitor.wait(1000);
                }
            }
            case "park" -> LockSupport.parkNanos(1_000_000_000L);
            case "timer" -> {
                new Timer(true).schedule(new TimerTask() {
                    public void run() {
                        done.countDown();
                    }
                }, 1000);
                done.await();
            }
            case "scheduled" -> {
                ScheduledExecutorService pool = Executors.newScheduledThreadPool(1);
                pool.schedule(done::countDown, 1, TimeUnit.SECONDS);
                done.await();
                pool.shutdown();
            }
            case "delayed" -> CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS).execute(done::countDown);
            case "receive_limit" -> {
                client.setSoTimeout(1000);
                try {
                    client.getInputStream().read(new byte[1]);
                } catch (SocketTimeoutException expected) {
                    client.setSoTimeout(0);
                }
            }
            case "process" -> new ProcessBuilder("sleep", "1").start().waitFor();
            case "compute" -> {
                long until = System.nanoTime() + 1_000_000_000L;
                while (System.nanoTime() < until) {
                }
            }
            default -> System.exit(2);
        }
        if (mode.equals("delayed")) {
            done.await();
        }
    }

    public static void main(String[] arguments) throws Exception {
        ServerSocket server = new ServerSocket(65432, 5, InetAddress.getLoopbackAddress());
        while (true) {
            try (Socket client = server.accept()) {
                InputStream in = client.getInputStream();
                byte[] data = new byte[1024];
                for (int length; (length = in.read(data)) > 0;) {
                    await(arguments[0], client);
                    client.getOutputStream().write(data, 0, length);
                }
            }
        }
    }
}
