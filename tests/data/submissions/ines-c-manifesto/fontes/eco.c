#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <sys/socket.h>

int main(int argc, char *argv[]) {
    if (argc < 2) { fprintf(stderr, "uso: eco ENDERECO\n"); return 2; }
    int s = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(65432)};
    inet_aton(argv[1], &a.sin_addr);
    if (bind(s, (struct sockaddr *)&a, sizeof a) < 0 || listen(s, 1) < 0) { perror("eco"); return 1; }
    int c = accept(s, NULL, NULL);
    char b[4096];
    for (ssize_t n; (n = recv(c, b, sizeof b, 0)) > 0;)
        send(c, b, n, 0);
    close(c);
    return 0;
}
