import java.io.*;
import java.net.*;

public class TCPServer {
    public static void main(String[] args) throws IOException {
        ServerSocket welcome = new ServerSocket(65432)
        Socket connection = welcome.accept();
        connection.getInputStream().transferTo(connection.getOutputStream());
        connection.close();
    }
}
