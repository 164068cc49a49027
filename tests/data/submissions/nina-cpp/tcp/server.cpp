#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

int main() {
    int s = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in a{};
    a.sin_family = AF_INET;
    a.sin_port = htons(65432);
    bind(s, (sockaddr*)&a, sizeof a);   // any address
    listen(s, 1);
    int c = accept(s, nullptr, nullptr);
    std::vector<char> v(8192);
    while (true) {
        ssize_t n = recv(c, v.data(), v.size(), 0);
        if (n <= 0) break;
        send(c, v.data(), n, 0);
    }
    close(c);
    close(s);
}
