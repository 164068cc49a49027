#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <sys/socket.h>

int main(void) {
    int s = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(65432)};
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(s, (struct sockaddr *)&a, sizeof a)) { perror("bind"); return 1; }
    listen(s, 5);
    int c = accept(s, NULL, NULL);
    char buf[512];
    int n;
    while ((n = recv(c, buf, tamanho, 0)) > 0)
        send(c, buf, n, 0);
    close(c);
}
