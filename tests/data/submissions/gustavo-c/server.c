#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <sys/socket.h>

#define PORTA 65432

int main(void) {
    int s = socket(AF_INET, SOCK_STREAM, 0), um = 1;
    struct sockaddr_in end = {0};
    setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &um, sizeof um);
    end.sin_family = AF_INET;
    end.sin_port = htons(PORTA);
    end.sin_addr.s_addr = inet_addr("127.0.0.1");
    if (bind(s, (struct sockaddr *)&end, sizeof end) < 0) { perror("bind"); return 1; }
    listen(s, 1);
    int c = accept(s, NULL, NULL);
    char buf[1024];
    ssize_t n;
    while ((n = read(c, buf, sizeof buf)) > 0) {
        ssize_t enviado = 0;
        while (enviado < n)
            enviado += write(c, buf + enviado, n - enviado);
    }
    close(c);
    close(s);
    return 0;
}
