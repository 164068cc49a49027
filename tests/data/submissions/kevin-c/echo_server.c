#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <sys/socket.h>

/* reads lines, as fgets does on files */
int main(int argc, char **argv) {
    int port = 65432;
    int s = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
    a.sin_addr.s_addr = INADDR_ANY;
    bind(s, (struct sockaddr *)&a, sizeof a);
    listen(s, 3);
    FILE *f = fdopen(accept(s, NULL, NULL), "r+");
    setvbuf(f, NULL, _IONBF, 0);
    char line[4096];
    while (fgets(line, sizeof line, f)) {
        printf("got %s", line);
        write(fileno(f), line, strlen(line));
    }
    fclose(f);
    return 0;
}
