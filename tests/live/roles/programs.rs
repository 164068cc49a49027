//! The programs of the submissions in the tests of roles.

/// A server in Python: each client in turn until its end, at this address, with this answer.
pub(super) fn tcp(at: &str, answer: &str, greeting: &str) -> String {
    format!(
        "import socket
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(({at}))
s.listen()
def serve(c):
    with c:
        c.sendall({greeting})
        while d := c.recv(70000):
            c.sendall({answer})
while True:
    serve(s.accept()[0])
"
    )
}

pub(super) const LOCAL: &str = "'127.0.0.1', 65432";

pub(super) fn echo() -> String {
    tcp(LOCAL, "d", "b''")
}

pub(super) fn upper() -> String {
    tcp(LOCAL, "d.upper()", "b''")
}

pub(super) fn udp(at: &str, answer: &str) -> String {
    format!(
        "import socket
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
u.bind(({at}))
while True:
    d, a = u.recvfrom(70000)
    u.sendto({answer}, a)
"
    )
}

/// A server for both protocols.
pub(super) fn both() -> String {
    let datagrams = udp("'127.0.0.1', 65431", "d.upper()").replace("import socket\n", "");
    let in_thread = format!("import threading\ndef datagrams():\n    {}", datagrams.replace('\n', "\n    "));
    let started = format!("{in_thread}\nthreading.Thread(target=datagrams, daemon=True).start()\nwhile True:");
    echo().replacen("while True:", &started, 1)
}

pub(super) const JAVA_ECHO: &str = "package eco;
import java.net.*;
public class Servidor {
    static void serve() throws Exception {
        Socket c = new ServerSocket(65432, 50, InetAddress.getByName(\"127.0.0.1\")).accept();
        c.getInputStream().transferTo(c.getOutputStream());
        c.close();
    }
}
";

pub(super) const C_UPPER: &str = "#include <arpa/inet.h>
#include <unistd.h>
#include <sys/socket.h>
#include \"texto.h\"
int main(void) {
    int s = socket(AF_INET, SOCK_STREAM, 0), on = 1, c;
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(65432), .sin_addr.s_addr = inet_addr(\"127.0.0.1\") };
    setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(s, (struct sockaddr *)&a, sizeof a) || listen(s, 8)) return 1;
    while ((c = accept(s, 0, 0)) >= 0) {
        char b[4096];
        for (ssize_t n; (n = read(c, b, sizeof b)) > 0;) {
            maiusculas(b, n);
            for (ssize_t k = 0, m; k < n && (m = write(c, b + k, n - k)) > 0;) k += m;
        }
        close(c);
    }
}
";

/// A function that runs a program.
pub(super) fn function(name: &str, program: &str) -> String {
    format!("def {name}():\n    {}\n", program.trim_end().replace('\n', "\n    "))
}
