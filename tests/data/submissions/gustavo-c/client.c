#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <sys/socket.h>

int main(void) {
    int s = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in end = {.sin_family = AF_INET, .sin_port = htons(65432)};
    inet_pton(AF_INET, "127.0.0.1", &end.sin_addr);
    if (connect(s, (struct sockaddr *)&end, sizeof end)) { perror("connect"); return 1; }
    char b[256];
    send(s, "teste", 5, 0);
    int n = recv(s, b, sizeof b, 0);
    printf("%.*s\n", n, b);
    close(s);
    return 0;
}
