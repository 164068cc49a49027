#include <cctype>
#include <netinet/in.h>
#include <sys/socket.h>

int main() {
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    sockaddr_in a{}, peer{};
    a.sin_family = AF_INET;
    a.sin_port = htons(65431);
    bind(s, (sockaddr*)&a, sizeof a);
    unsigned char b[65536];
    while (true) {
        socklen_t l = sizeof peer;
        auto n = recvfrom(s, b, sizeof b, 0, (sockaddr*)&peer, &l);
        for (long i = 0; i < n; ++i) b[i] = std::toupper(b[i]);
        sendto(s, b, n, 0, (sockaddr*)&peer, l);
    }
}
