#include <cctype>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

int main() {
    int s = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in a{};
    a.sin_family = AF_INET;
    a.sin_port = htons(65432);
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(s, (sockaddr*)&a, sizeof a);
    listen(s, 16);
    for (;;) {
        int c = accept(s, nullptr, nullptr);
        std::thread([c] {
            char b[1024];
            auto n = recv(c, b, sizeof b, 0);
            std::string r;
            for (long i = n - 1; i >= 0; --i) r += std::toupper((unsigned char)b[i]);   // de tras para frente
            send(c, r.data(), r.size(), 0);
            close(c);
        }).detach();
    }
}
