#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define PORTA 65432
#define TAMANHO 1024

int main(void) {
    int servidor = socket(AF_INET, SOCK_STREAM, 0);
    if (servidor < 0) {
        perror("socket");
        return 1;
    }
    int um = 1;
    setsockopt(servidor, SOL_SOCKET, SO_REUSEADDR, &um, sizeof um);
    struct sockaddr_in endereco = {0};
    endereco.sin_family = AF_INET;
    endereco.sin_port = htons(PORTA);
    endereco.sin_addr.s_addr = htonl(INADDR_ANY);
    if (bind(servidor, (struct sockaddr *)&endereco, sizeof endereco) < 0) {
        perror("bind");
        return 1;
    }
    if (listen(servidor, 5) < 0) {
        perror("listen");
        return 1;
    }
    int cliente = accept(servidor, NULL, NULL);
    char *dados = malloc(TAMANHO);
    ssize_t lidos;
    while ((lidos = recv(cliente, dados, TAMANHO, 0)) > 0) {
        ssize_t enviados = 0;
        while (enviados < lidos) {
            ssize_t n = send(cliente, dados + enviados, (size_t)(lidos - enviados), 0);
            if (n < 0) {
                perror("send");
                break;
            }
            enviados += n;
        }
    }
    free(dados);
    close(cliente);
    close(servidor);
    return 0;
}
