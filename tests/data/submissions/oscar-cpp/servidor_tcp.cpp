#include <iostream>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
using namespace std;

int main() {
    int s = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in a{};
    a.sin_family = AF_INET;
    a.sin_port = htons(65432);
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(s, (sockaddr*)&a, sizeof a);
    listen(s, 1);
    int c = accept(s, NULL, NULL);
    char msg[1024];
    int n = 1;
    while (n >= 0) {
        n = recv(c, msg, 1024, 0);
        cout << "recebidos " << n << " bytes" << endl;
        usleep(20000);
        send(c, msg, n, 0);
    }
    close(c);
}
