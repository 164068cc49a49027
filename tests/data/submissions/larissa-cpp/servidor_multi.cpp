#include <algorithm>
#include <cctype>
#include <iostream>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

void atender(int cliente) {
    char buf[1024];
    ssize_t n = recv(cliente, buf, sizeof(buf), 0);
    if (n > 0) {
        std::string texto(buf, n);
        std::cout << "escreveu: " << texto << std::endl;
        std::transform(texto.begin(), texto.end(), texto.begin(), [](unsigned char c) { return std::toupper(c); });
        send(cliente, texto.data(), texto.size(), 0);
    }
    close(cliente);
}

int main() {
    int servidor = socket(AF_INET, SOCK_STREAM, 0);
    int sim = 1;
    setsockopt(servidor, SOL_SOCKET, SO_REUSEADDR, &sim, sizeof(sim));
    sockaddr_in end{};
    end.sin_family = AF_INET;
    end.sin_port = htons(65432);
    end.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(servidor, reinterpret_cast<sockaddr*>(&end), sizeof(end));
    listen(servidor, 10);
    while (true) {
        int c = accept(servidor, nullptr, nullptr);
        std::thread(atender, c).detach();
    }
}
