#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>
#include "eco.h"

int main(void) {
    int s = socket(AF_INET, SOCK_STREAM, 0);
    int um = 1;
    setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &um, sizeof um);
    struct sockaddr_in end = {.sin_family = AF_INET, .sin_port = htons(65432)};
    end.sin_addr.s_addr = htonl(INADDR_ANY);
    if (bind(s, (struct sockaddr *)&end, sizeof end) < 0) { perror("bind"); return 1; }
    listen(s, 5);
    int c = accept(s, NULL, NULL);
    atender(c);
    close(c);
    close(s);
    return 0;
}
