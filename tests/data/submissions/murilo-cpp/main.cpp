#include <iostream>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

class EchoServer {
    int fd;
public:
    explicit EchoServer(int port) : fd(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in a{};
        a.sin_family = AF_INET;
        a.sin_addr.s_addr = INADDR_ANY;
        a.sin_port = htons(port);
        ::bind(fd, (sockaddr*)&a, sizeof a);
        ::listen(fd, 4);
    }
    void run() {
        int c = ::accept(fd, nullptr, nullptr);
        char b[2048];
        for (ssize_t n; (n = ::read(c, b, sizeof b)) > 0;) {
            std::string resposta = "Servidor: " + std::string(b, n);
            ::write(c, resposta.data(), resposta.size());
        }
        ::close(c);
    }
};

int main() { EchoServer(65432).run(); }
