#include <string.h>
#include <unistd.h>

#include "rede.h"

int main(void) {
    int servidor = abre(65432);
    int cliente = espera(servidor);
    char dados[1024];
    ssize_t lidos;
    while ((lidos = read(cliente, dados, sizeof dados)) > 0)
        envia(cliente, dados, (size_t)lidos);
    close(cliente);
    close(servidor);
    return 0;
}
